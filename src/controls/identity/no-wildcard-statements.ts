import { control, terraform } from "../control.ts";
import { eachAllowed, labelOf, tooWide } from "../evidence/iam.ts";

export default control({
  id: "identity.no-wildcard-statements",
  title: "No policy allows every action, all of IAM or STS, or to become any role",
  why: "A policy that is written for one role is attached to the next one without being read again, and each of these lets its holder become administrator.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_1", "CKV_AWS_49", "CKV_AWS_62", "CKV_AWS_63", "CKV2_AWS_40"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots)
        eachAllowed(probe, root, (statement) => {
          const wide = tooWide(statement);
          probe.that(
            wide === undefined,
            statement.placeOf(statement.notActions.length > 0 ? "not_actions" : "actions"),
            `${labelOf(statement)} allows ${wide}`,
            root.path,
          );
        });
    }),
  ],
  fix: "Name the actions, and the resources by their ARNs.",
  mutants: [
    {
      title: "Everything, in a policy that nothing uses yet",
      edits: [
        {
          file: "environments/dev/main.identities.tf",
          append: `
resource "aws_iam_policy" "debug" {
  name   = "\${local.name}-debug"
  policy = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Action = ["*"], Resource = ["*"] } })
}
`,
        },
      ],
    },
    {
      title: "All of IAM for the pipeline",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: /"iam:CreatePolicy",\n(\s+"iam:\w+",\n)+/,
          with: '"iam:*",\n',
        },
      ],
    },
    {
      title: "Everything but a few actions (not_actions)",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace: '    actions   = ["kms:CreateGrant"]\n',
          with: '    not_actions = ["iam:CreateUser"]\n',
        },
      ],
    },
    {
      title: "The break-glass role may become any other",
      of: "startup",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: '      "cloudtrail:LookupEvents",',
          with: '      "cloudtrail:LookupEvents",\n      "sts:Assume*",',
        },
      ],
    },
  ],
});
