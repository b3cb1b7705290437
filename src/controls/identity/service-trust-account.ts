import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import { labelOf, placeOfCondition, principalsOfType, rolesIn, trustOf } from "../evidence/iam.ts";
import { exactly } from "../evidence/policy.ts";

/** They act for the account that the role is in and say no source; AWS documents their trust without a condition. */
const WITHOUT_SOURCE = /^(ec2\.[a-z0-9.]+|eks\.amazonaws\.com)$/;

export default control({
  id: "identity.service-trust-account",
  title: "A service takes a role only when it acts for this account",
  why: "Without it a flow log of a stranger's account could write through the role: the service is asked by him and acts with our permissions (confused deputy).",
  severity: "medium",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots)
        for (const role of rolesIn(root))
          for (const statement of trustOf(probe, role))
            for (const service of principalsOfType(statement, "Service")) {
              const accounts = exactly(statement, "aws:SourceAccount");
              probe.that(
                WITHOUT_SOURCE.test(service) ||
                  (accounts?.length === 1 && accounts.every((id) => isOwnAccount(root, id))),
                placeOfCondition(statement, "aws:SourceAccount"),
                `${role.address}: ${labelOf(statement)} lets ${service} act for ${accounts === undefined ? "any account (no StringEquals on aws:SourceAccount)" : accounts.join(", ")}, it must be for this account`,
                root.path,
              );
            }
    }),
  ],
  fix: "Compare aws:SourceAccount with the account by StringEquals.",
  mutants: [
    {
      title: "The condition is gone",
      edits: [
        {
          file: "modules/flow-logs/main.role.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "aws:SourceAccount"\n[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Any account that looks alike",
      of: "bank",
      edits: [
        {
          file: "modules/flow-logs/main.role.tf",
          replace:
            /test {5}= "StringEquals"\n {6}variable = "aws:SourceAccount"\n {6}values {3}= \[var.account_id\]/,
          with: 'test     = "StringLike"\n      variable = "aws:SourceAccount"\n      values   = ["*"]',
        },
      ],
    },
    {
      title: "A role for another service, without any condition",
      of: "startup",
      edits: [
        {
          file: "accounts/dev/main.baseline.tf",
          append: `
resource "aws_iam_role" "backup" {
  name               = "\${local.name}-backup"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }] })
}
`,
        },
      ],
    },
  ],
});
