import { control, terraform } from "../control.ts";
import { grantsOf, isAdministrators, labelOf, modulesAlone, tooWide } from "../evidence/iam.ts";

export default control({
  id: "identity.no-administrator-policies",
  title: "No role carries an administrator's policy, whichever way it is attached",
  why: "The first pod, node or job that is taken over is then the whole account.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_274", "CKV2_AWS_56"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots)
        for (const { who, aws, statements = [], unresolved, place } of grantsOf(root)) {
          if (unresolved !== undefined) probe.unresolved(place, `${who}: ${unresolved}`, root.path);
          probe.that(
            aws === undefined || !isAdministrators(aws),
            place,
            `${who} has ${aws}, a policy for administrators`,
            root.path,
          );
          for (const statement of statements) {
            const wide = tooWide(statement);
            probe.that(
              wide === undefined,
              statement.placeOf("actions"),
              `${who}: ${labelOf(statement)} allows ${wide}`,
              root.path,
            );
          }
        }
      // Of a module alone only what is certain counts: what its callers hand in is not known here.
      for (const module of modulesAlone(subject))
        for (const { who, aws, statements = [], place } of grantsOf(module))
          probe.that(
            (aws === undefined || !isAdministrators(aws)) &&
              statements.every((statement) => tooWide(statement) === undefined),
            place,
            `${who} has ${aws ?? "a policy"} for administrators in ${module.path}`,
          );
    }),
  ],
  fix: "Give the role only the actions that it calls, on the resources that it calls them on.",
  mutants: [
    {
      title: "AdministratorAccess for a workload",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace: '["service-role/AmazonEBSCSIDriverPolicy"]',
          with: '["service-role/AmazonEBSCSIDriverPolicy", "AdministratorAccess"]',
        },
      ],
    },
    {
      title: "Another way to attach it: managed_policy_arns behind a local",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: "  permissions_boundary = var.permissions_boundary_arn\n",
          with: "  permissions_boundary = var.permissions_boundary_arn\n\n  managed_policy_arns = local.node_policies\n",
        },
        {
          file: "modules/nodes/main.role.tf",
          append:
            '\nlocals {\n  node_policies = [for name in ["AmazonEC2FullAccess"] : "arn:${var.partition}:iam::aws:policy/${name}"]\n}\n',
        },
      ],
    },
    {
      title: "An inline policy of the pipeline's role allows everything",
      of: "bank",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          append: `
resource "aws_iam_role_policy" "temporary" {
  name   = "temporary"
  role   = "\${local.name}-ci-apply"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
`,
        },
      ],
    },
    {
      title: "The policy of a data source, for the break-glass role that nobody has yet",
      of: "startup",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          append: `
data "aws_iam_policy" "all" {
  name = "AdministratorAccess"
}

resource "aws_iam_policy_attachment" "all" {
  count = length(var.user_arns) > 0 ? 1 : 0

  name       = "all"
  roles      = [one(aws_iam_role.this[*].name)]
  policy_arn = data.aws_iam_policy.all.arn
}
`,
        },
      ],
    },
  ],
});
