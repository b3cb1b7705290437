import { control, terraform } from "../control.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.ebs-default-encryption",
  title: "Every new EBS volume of the account is encrypted, whoever creates it",
  why: "A volume that is made by hand or by another tool says nothing about encryption, and without the default its snapshots are plain text.",
  severity: "medium",
  mapping: { securityHub: ["EC2.7"], checkov: ["CKV_AWS_106"] },
  evidence: [
    terraform((subject, probe) => {
      for (const setting of probe.accountWide(
        subject,
        "default encryption of EBS",
        "aws_ebs_encryption_by_default",
      ))
        probe.expect(setting, "enabled", is(true));
    }),
  ],
  fix: "Set enabled = true in aws_ebs_encryption_by_default in accounts/.",
  mutants: [
    {
      title: "Off by an environment",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          append: '\nresource "aws_ebs_encryption_by_default" "this" {\n  enabled = false\n}\n',
        },
      ],
    },
    {
      title: "Off",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: "enabled = true",
          with: "enabled = false",
        },
      ],
    },
    {
      title: "Off by a variable that one account sets",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: "enabled = true",
          with: "enabled = var.encrypt_volumes",
        },
        {
          file: "modules/account-baseline/variables.tf",
          append:
            '\nvariable "encrypt_volumes" {\n  description = "Whether new volumes are encrypted."\n  type        = bool\n  nullable    = false\n  default     = true\n}\n',
        },
        {
          file: "accounts/prod/main.baseline.tf",
          replace: "  alert_email  ",
          with: "  encrypt_volumes = false\n\n  alert_email  ",
        },
      ],
    },
    {
      title: "The setting is gone",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: /resource "aws_ebs_encryption_by_default" "this" \{[^}]*\}\n/,
          with: "",
        },
      ],
    },
  ],
});
