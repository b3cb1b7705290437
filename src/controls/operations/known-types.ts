import { control, files, type Mutant } from "../control.ts";
import { terraformFiles } from "../evidence/hcl.ts";

/** What this product makes: every one of these types has Controls that look at it. */
const MADE = [
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_group",
  "aws_default_security_group",
  "aws_ebs_encryption_by_default",
  "aws_ebs_snapshot_block_public_access",
  "aws_ec2_instance_metadata_defaults",
  "aws_eip",
  "aws_eks_access_entry",
  "aws_eks_access_policy_association",
  "aws_eks_addon",
  "aws_eks_cluster",
  "aws_eks_node_group",
  "aws_eks_pod_identity_association",
  "aws_flow_log",
  "aws_guardduty_detector",
  "aws_guardduty_detector_feature",
  "aws_iam_openid_connect_provider",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_iam_service_linked_role",
  "aws_internet_gateway",
  "aws_kms_alias",
  "aws_kms_key",
  "aws_launch_template",
  "aws_nat_gateway",
  "aws_route",
  "aws_route_table",
  "aws_route_table_association",
  "aws_security_group",
  "aws_sns_topic",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_endpoint",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

/** Other ways to write the same; the Controls read them, too. */
const READ = [
  "aws_default_route_table",
  "aws_kms_key_policy",
  "aws_security_group_rule",
  "terraform_data",
];

/** Stores, queues and names of applications: they reach nothing but what is given to them. */
const OF_APPLICATIONS =
  /^aws_(acm_certificate(_validation)?|backup_(plan|selection|vault)|budgets_budget|cloudwatch_(composite_alarm|dashboard|log_metric_filter|metric_alarm)|db_(instance|parameter_group|subnet_group)|dynamodb_table|ebs_volume|ec2_managed_prefix_list(_entry)?|ecr_(lifecycle_policy|repository)|efs_(access_point|backup_policy|file_system|mount_target)|elasticache_(parameter_group|replication_group|subnet_group|user(_group)?)|kinesis_stream|placement_group|rds_cluster(_instance|_parameter_group)?|route53_(record|zone)|s3_bucket(_lifecycle_configuration|_logging|_ownership_controls|_policy|_public_access_block|_server_side_encryption_configuration|_versioning)?|secretsmanager_secret|sqs_queue|ssm_parameter)$/;

/** Blocks that do something: an action is called, what is ephemeral is made at every plan. */
const RUNS = new Set(["action", "ephemeral", "resource"]);

export default control({
  id: "operations.known-types",
  title: "Terraform makes only what a Control looks at, or what an application stores its data in",
  why: "A stack, a command for every node, an identity pool or a share with another account does in one block what no rule about clusters and keys sees.",
  severity: "medium",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      const known = new Set([...MADE, ...READ]);
      for (const { blocks } of terraformFiles(subject))
        for (const { type, labels, place, lines } of blocks) {
          if (!RUNS.has(type) || labels.length !== 2) continue;
          const [made = ""] = labels;
          probe.that(
            type === "resource" && (known.has(made) || OF_APPLICATIONS.test(made)),
            place,
            `${labels.join(".")}: no Control knows what ${made} opens`,
          );
          // An older way to write the same list.
          if (made !== "aws_iam_role") continue;
          const list = lines().find(({ text }) =>
            /^\s*(managed_policy_arns\s*=|inline_policy\s*\{|dynamic\s+"inline_policy")/.test(text),
          );
          probe.that(
            list === undefined,
            list?.place ?? place,
            `${labels.join(".")} takes away what anything else gives the role, its guard too: ${list?.text.trim()}`,
          );
        }
    }),
  ],
  fix: "Make it in a repository of its own, or write under exceptions in hardened-eks.yaml who looked at it, and until when that holds.",
  mutants: (
    [
      [
        "A stack that makes anything",
        "environments/prod/main.nodes.tf",
        "aws_cloudformation_stack",
      ],
      ["Cloud Control", "environments/dev/main.cluster.tf", "aws_cloudcontrolapi_resource"],
      ["A command for every node", "modules/nodes/main.role.tf", "aws_ssm_association"],
      ["An identity pool", "accounts/prod/main.baseline.tf", "aws_cognito_identity_pool"],
      [
        "An administrator by single sign-on",
        "accounts/dev/main.baseline.tf",
        "aws_ssoadmin_account_assignment",
      ],
      [
        "Images for another account",
        "environments/prod/main.nodes.tf",
        "aws_ami_launch_permission",
      ],
    ] as const
  )
    .map(
      ([title, file, type]): Mutant => ({
        title,
        edits: [{ file, append: `\nresource "${type}" "extra" {\n  name = "extra"\n}\n` }],
      }),
    )
    .concat([
      {
        title: "The list of a role's policies is complete, and the guard is not in it",
        edits: [
          {
            file: "modules/ci-identity/main.roles.tf",
            append:
              '\nresource "aws_iam_role_policy_attachments_exclusive" "apply" {\n  role_name   = aws_iam_role.ci["apply"].name\n  policy_arns = [aws_iam_policy.read.arn]\n}\n',
          },
        ],
      },
      {
        title: "The guard is attached to the other role, and to no further one",
        edits: [
          {
            file: "modules/ci-identity/main.roles.tf",
            append:
              '\nresource "aws_iam_policy_attachment" "guard" {\n  name       = "guard"\n  policy_arn = aws_iam_policy.guard.arn\n  roles      = [aws_iam_role.ci["plan"].name]\n}\n',
          },
        ],
      },
      {
        title: "A role without policies of its own",
        edits: [
          {
            file: "modules/flow-logs/main.role.tf",
            replace: "  max_session_duration = 3600\n",
            with: "  max_session_duration = 3600\n\n  inline_policy {}\n\n",
          },
        ],
      },
    ]),
});
