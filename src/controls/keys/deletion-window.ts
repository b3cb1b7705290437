import { control, terraform } from "../control.ts";
import { allKeys } from "../evidence/keys.ts";
import { is, orAbsent } from "../evidence/require.ts";

export default control({
  id: "keys.deletion-window",
  title: "Keys are enabled, and their deletion can be undone for 30 days",
  why: "Deleting a key destroys everything under it, backups included; 30 days are what it takes to notice that a cluster, a state or a log is gone for good.",
  severity: "high",
  mapping: { securityHub: ["KMS.3"], checkov: ["CKV_AWS_227"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { key } of allKeys(subject, probe)) {
        // KMS takes 30 days where nothing is said.
        probe.expect(key, "deletion_window_in_days", orAbsent(is(30)));
        probe.expect(
          key,
          key.type === "aws_kms_key" ? "is_enabled" : "enabled",
          orAbsent(is(true)),
        );
      }
    }),
  ],
  fix: "Set deletion_window_in_days = 30, and leave is_enabled alone.",
  mutants: [
    {
      title: "Seven days",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace: "deletion_window_in_days = 30",
          with: "deletion_window_in_days = 7",
        },
      ],
    },
    {
      title: "The state key is off",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: "  deletion_window_in_days = 30\n",
          with: "  deletion_window_in_days = 30\n  is_enabled              = false\n",
        },
      ],
    },
    {
      title: "A shorter window, behind a variable of one environment",
      edits: [
        {
          file: "modules/keys/main.logs.tf",
          replace: "deletion_window_in_days = 30",
          with: "deletion_window_in_days = var.deletion_window",
        },
        {
          file: "modules/keys/variables.tf",
          append:
            '\nvariable "deletion_window" {\n  description = "Days before a key is gone."\n  type        = number\n  nullable    = false\n  default     = 30\n}\n',
        },
        {
          file: "environments/dev/main.keys.tf",
          replace: "  dns_suffix     = local.dns_suffix\n",
          with: "  dns_suffix     = local.dns_suffix\n\n  deletion_window = 10\n",
        },
      ],
    },
  ],
});
