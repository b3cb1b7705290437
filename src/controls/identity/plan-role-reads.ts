import { control, terraform } from "../control.ts";
import { grantedTo, labelOf, pipelineRolesOf } from "../evidence/iam.ts";
import { covers, exactly, type Statement } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { withoutPipeline } from "../reasons.ts";

/** What only describes. */
const READS = /^[\w-]+:(Describe|Get|List|Lookup|BatchGet)[\w*]*$/;
/** What is called Get and gives more than a description: data, or credentials. */
const DATA = [
  "dynamodb:GetItem",
  "ec2:GetConsoleOutput",
  "ec2:GetPasswordData",
  "ecr:GetAuthorizationToken",
  "lambda:GetFunction",
  "logs:GetLogEvents",
  "logs:GetQueryResults",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "secretsmanager:GetSecretValue",
  "secretsmanager:BatchGetSecretValue",
  "ssm:GetParameter",
  "ssm:GetParameterHistory",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
  "sts:GetFederationToken",
  "sts:GetSessionToken",
];

export default control({
  id: "identity.plan-role-reads",
  title: "The plan role changes nothing but locks, and reads no data but states",
  why: "Every run without a reviewer has this role: what it could write, a dependency of a plan could.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_107", "CKV_AWS_108"],
  },
  notApplicable: withoutPipeline,
  evidence: [
    terraform((subject, probe) => {
      for (const { root, plan } of pipelineRolesOf(probe, subject))
        for (const role of plan) {
          const grants = grantedTo(probe, subject, role);
          probe.that(
            grants.length > 0,
            role.place,
            `${role.address}: no policy of it is found`,
            root.path,
          );
          for (const { aws, statements = [], place } of grants) {
            probe.that(
              aws === undefined,
              place,
              `${role.address} has ${aws}; what AWS puts into it later would be allowed too`,
              root.path,
            );
            for (const statement of statements) {
              if (statement.effect === "Deny") continue;
              const what = `${role.address}: ${labelOf(statement)}`;
              const actions =
                statement.notActions.length > 0
                  ? ["everything but its not_actions"]
                  : statement.actions;
              for (const action of actions)
                probe.that(
                  isAllowed(root, statement, action),
                  statement.placeOf("actions"),
                  `${what} allows ${action} on ${statement.resources.join(", ") || "everything"}`,
                  root.path,
                );
            }
          }
        }
    }),
  ],
  fix: "Leave the plan role what a refresh describes, the states, and their locks (*.tflock).",
  mutants: [
    {
      title: "It writes states, as the apply role does",
      edits: [
        {
          file: "modules/ci-identity/main.state.tf",
          replace: 'each.key == "apply" ? ["states"] : []',
          with: '["states"]',
        },
      ],
    },
    {
      title: "It reads parameters, hidden among the descriptions",
      edits: [
        {
          file: "modules/ci-identity/main.read.tf",
          replace: '      "sns:GetTopicAttributes",',
          with: '      "sns:GetTopicAttributes",\n      "ssm:Get*",',
        },
      ],
    },
    {
      title: "AWS's policy for readers",
      of: "bank",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          append: `
resource "aws_iam_role_policy_attachment" "reader" {
  role       = "\${local.name}-ci-plan"
  policy_arn = "arn:\${local.partition}:iam::aws:policy/ReadOnlyAccess"
}
`,
        },
      ],
    },
    {
      title: "The policies of the apply role for both",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          append: `
resource "aws_iam_policy_attachment" "network" {
  name       = "network"
  roles      = [for role in aws_iam_role.ci : role.name]
  policy_arn = aws_iam_policy.network.arn
}
`,
        },
      ],
    },
    {
      title: "A policy that an environment attaches to it by name",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          append: `
resource "aws_iam_role_policy" "plan" {
  name   = "restart"
  role   = "acme-platform-ci-plan"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "eks:UpdateNodegroupConfig", Resource = "*" }] })
}
`,
        },
      ],
    },
    {
      title: "A lock that may be any object",
      edits: [
        {
          file: "modules/ci-identity/main.state.tf",
          replace: '"${object}.tflock"',
          with: '"${object}*"',
        },
      ],
    },
  ],
});

/** A read of a description, of a state, or a lock; the state's key through S3. */
function isAllowed(root: TerraformRoot, statement: Statement, action: string): boolean {
  const { resources, notResources } = statement;
  const on = (test: (resource: string) => boolean): boolean =>
    notResources.length === 0 && resources.length > 0 && resources.every(test);
  const ofBucket = (resource: string): boolean =>
    ofType(root, "aws_s3_bucket").some(({ address }) => resource.startsWith(`\${${address}.arn}/`));
  if (action === "s3:PutObject" || action === "s3:DeleteObject")
    return on((resource) => ofBucket(resource) && resource.endsWith(".tflock"));
  if (action === "s3:GetObject") return on(ofBucket);
  if (action === "kms:Decrypt" || action === "kms:GenerateDataKey")
    return (
      on((resource) =>
        ofType(root, "aws_kms_key").some(({ address }) => resource === `\${${address}.arn}`),
      ) &&
      exactly(statement, "kms:ViaService")?.every((service) => /^s3\.[\w-]+\./.test(service)) ===
        true
    );
  return READS.test(action) && !DATA.some((data) => covers(action, data));
}
