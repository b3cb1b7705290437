import { control, terraform } from "../control.ts";
import { grantsOf, labelOf, rolesForPeople } from "../evidence/iam.ts";
import { isForResources, keysFor } from "../evidence/keys.ts";
import { resourceOf } from "../evidence/link.ts";
import { allows, type Statement } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import type { Resource } from "../evidence/value.ts";

/** Services that make or watch everything else: no workload changes anything in them. */
const CONTROL_PLANES =
  /^(account|cloudformation|cloudtrail|codebuild|codepipeline|config|eks|guardduty|iam|imagebuilder|organizations|securityhub|sso):(?!(AccessKubernetesApi|Describe|Get|List)[\w*]*$)/i;

/** What takes over a node, a network, a key, a log or an alarm, on whatever it is granted. */
const TAKEOVERS = [
  "autoscaling:CreateLaunchConfiguration",
  "autoscaling:UpdateAutoScalingGroup",
  "ebs:GetSnapshotBlock",
  "ec2-instance-connect:SendSSHPublicKey",
  "ec2:AssociateIamInstanceProfile",
  "ec2:AuthorizeSecurityGroupEgress",
  "ec2:AuthorizeSecurityGroupIngress",
  "ec2:CreateFlowLogs",
  "ec2:CreateLaunchTemplateVersion",
  "ec2:CreateRoute",
  "ec2:CreateVpcPeeringConnection",
  "ec2:DeleteFlowLogs",
  "ec2:ModifyImageAttribute",
  "ec2:ModifyInstanceAttribute",
  "ec2:ModifyInstanceMetadataOptions",
  "ec2:ModifyLaunchTemplate",
  "ec2:ModifySnapshotAttribute",
  "ec2:ModifyVpcEndpoint",
  "ec2:ReplaceRoute",
  "events:DeleteRule",
  "events:DisableRule",
  "events:PutRule",
  "events:PutTargets",
  "events:RemoveTargets",
  "kms:CreateGrant",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:PutKeyPolicy",
  "kms:ReplicateKey",
  "kms:ScheduleKeyDeletion",
  "lambda:AddPermission",
  "lambda:CreateFunction",
  "lambda:UpdateFunctionCode",
  "logs:CreateExportTask",
  "logs:DeleteLogGroup",
  "logs:DeleteLogStream",
  "logs:DeleteRetentionPolicy",
  "logs:DisassociateKmsKey",
  "logs:PutResourcePolicy",
  "logs:PutRetentionPolicy",
  "logs:PutSubscriptionFilter",
  "s3:PutAccessPointPolicy",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutReplicationConfiguration",
  "secretsmanager:PutResourcePolicy",
  "sns:AddPermission",
  "sns:SetTopicAttributes",
  "sqs:AddPermission",
  "ssm:CreateAssociation",
  "ssm:SendCommand",
  "ssm:StartAutomationExecution",
  "ssm:StartSession",
  "sts:AssumeRole",
];

/** What a statement allows of them. A grant for a service's own use of a key is none. */
const takeoversOf = (statement: Statement): string[] => [
  ...statement.actions.filter((action) => CONTROL_PLANES.test(action)),
  ...TAKEOVERS.filter(
    (action) =>
      allows(statement, action) && !(action === "kms:CreateGrant" && isForResources(statement)),
  ),
];

/** What only describes, or takes no resource. */
const HARMLESS =
  /^[\w-]+:(Describe|List)[\w*]*$|^(ecr:GetAuthorizationToken|cloudwatch:PutMetricData|sts:GetCallerIdentity|tag:GetResources|xray:Put\w+)$/;

/** Enough of a name to be one. */
const NAME = /[\w.-]{3}/;

/** Whether an ARN names something: of S3 the bucket, of others what stands after the kind, before the first wildcard. */
function isNamed(resource: string): boolean {
  if (/^\$\{[^{}]*\baws_\w+\.[^{}]*\}/.test(resource)) return true;
  if (!resource.startsWith("arn:")) return !/[*?]/.test(resource);
  const [, , service, , , ...rest] = resource.split(":");
  const tail = rest.join(":");
  const name = service === "s3" ? tail.split("/", 1)[0] : tail.replace(/^[a-z][a-z-]*[:/]/, "");
  return NAME.test((name ?? "").split(/[*?]/, 1)[0] ?? "");
}

const BOUNDS =
  /^(aws|ec2|elasticloadbalancing|eks|s3|secretsmanager|ssm):ResourceTag\/|^kms:ViaService$/i;

/** Whether a condition that must hold names what may be reached. */
const isBounded = ({ conditions }: Statement): boolean =>
  conditions.some(
    ({ test, variable, values }) =>
      /^String(Equals|Like)$/.test(test) &&
      BOUNDS.test(variable) &&
      values.length > 0 &&
      values.every(
        (value) => NAME.test(value.split(/[*?]/, 1)[0] ?? "") && !value.includes("${aws:"),
      ),
  );

/** Policies of AWS that add-ons and nodes of this product take; the pipeline can attach no other. */
const KNOWN =
  /^(service-role\/AmazonE[BF]SCSIDriverPolicy|CloudWatchAgentServerPolicy|AmazonEKS_CNI_Policy)$/;

export default control({
  id: "identity.workload-rights",
  title: "Roles of workloads reach the resources that they name, and take over nothing",
  why: "A pod is the first thing that falls: what its role may do on everything, its attacker does to everything.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      const people = new Set(rolesForPeople(probe, subject).map(({ role }) => role));
      for (const root of [...probe.environments(subject), ...probe.accounts(subject)]) {
        const named = ["aws_eks_cluster", "aws_eks_node_group"].flatMap((type) =>
          ofType(root, type).map((each) =>
            resourceOf(
              each.get(type === "aws_eks_cluster" ? "role_arn" : "node_role_arn"),
              "aws_iam_role",
            ),
          ),
        );
        const secrets =
          root.kind === "environment" ? keysFor(probe, root, "Kubernetes API data") : [];
        // The control plane's and the nodes' roles have Controls of their own.
        const isOther = (role: Resource | undefined): boolean =>
          role === undefined || (!named.includes(role) && !people.has(role));
        for (const { role, who, aws, statements = [], place } of grantsOf(root).filter((grant) =>
          isOther(grant.role),
        )) {
          if (role === undefined && aws !== undefined) continue;
          if (aws !== undefined)
            probe.that(
              KNOWN.test(aws),
              place,
              `${who} has ${aws}, which none of these workloads takes`,
              root.path,
            );
          for (const statement of statements) {
            const isHarmless =
              statement.notActions.length === 0 &&
              statement.actions.every((action) => HARMLESS.test(action));
            probe.checked += 1;
            if (statement.effect === "Deny" || isHarmless) continue;
            const what = `${who}: ${labelOf(statement)}`;
            const takeovers = takeoversOf(statement);
            probe.that(
              takeovers.length === 0,
              statement.placeOf("actions"),
              `${what} allows ${takeovers.join(", ")}`,
              root.path,
            );
            const free =
              isBounded(statement) ||
              (statement.notResources.length === 0 && statement.resources.every(isNamed))
                ? []
                : statement.actions.filter((action) => !HARMLESS.test(action));
            probe.that(
              free.length === 0,
              statement.placeOf("resources"),
              `${what} allows ${free.join(", ")} on ${statement.resources.join(", ") || "everything"}`,
              root.path,
            );
            const key = secrets.find(({ address }) =>
              statement.resources.includes(`\${${address}.arn}`),
            );
            probe.that(
              key === undefined,
              statement.placeOf("resources"),
              `${what} reaches ${key?.address}, the key of the Kubernetes API data`,
              root.path,
            );
          }
        }
      }
    }),
  ],
  fix: "Name the resources by ARN, or bound the statement by a tag; leave clusters, sessions, keys and logs to the pipeline and the break-glass role.",
  mutants: (
    [
      ["Every secret of the account", '"secretsmanager:GetSecretValue"', '"*"', "default"],
      ["Every bucket, and a path in it", '"s3:GetObject"', '"arn:aws:s3:::*/*"', "default"],
      [
        "The alarm's topic",
        '"sns:SetTopicAttributes"',
        '"arn:aws:sns:us-east-1:111122223333:acme-platform-alerts"',
        "default",
      ],
      ["Every object of every bucket", '"s3:GetObject"', '"arn:aws:s3:::*"', "bank"],
      [
        "A cluster's access entries",
        '"eks:CreateAccessEntry"',
        '"arn:aws:eks:us-east-1:111122223333:cluster/acme-platform-prod"',
        "default",
      ],
      [
        "Commands on nodes",
        '"ssm:Send*"',
        '"arn:aws:ec2:us-east-1:111122223333:instance/*"',
        "default",
      ],
      [
        "A role of another account",
        '"sts:AssumeRole"',
        '"arn:aws:iam::999999999999:role/collector"',
        "default",
      ],
      ["The key of the secrets", '"kms:Decrypt"', "module.keys.secrets_key_arn", "default"],
    ] as const
  ).map(([title, action, resource, of]) => ({
    title,
    of,
    edits: [
      {
        file: "environments/prod/main.identities.tf",
        append: `
resource "aws_iam_role_policy" "reports" {
  name   = "reports"
  role   = module.identity["ebs-csi"].name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ${action}, Resource = ${resource} }] })
}
`,
      },
    ],
  })),
});
