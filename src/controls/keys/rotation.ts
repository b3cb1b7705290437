import { control, terraform } from "../control.ts";
import { allKeys } from "../evidence/keys.ts";
import { atMost, is, orAbsent } from "../evidence/require.ts";

export default control({
  id: "keys.rotation",
  title: "KMS rotates every key at least once a year",
  why: "Key material that never changes protects all data that was ever written; once it leaks, all of it is open.",
  severity: "medium",
  mapping: { securityHub: ["KMS.4"], checkov: ["CKV_AWS_7"], trivy: ["AWS-0065"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, key } of allKeys(subject, probe)) {
        if (
          !probe.that(
            key.type === "aws_kms_key" || key.type === "aws_kms_replica_key",
            key.place,
            `${key.address} is an ${key.type}: KMS does not rotate material that was brought in`,
            root.path,
          ) ||
          // A replica rotates with its primary key.
          key.type === "aws_kms_replica_key"
        )
          continue;
        probe.expect(key, "enable_key_rotation", is(true));
        probe.expect(key, "rotation_period_in_days", orAbsent(atMost(365)));
        probe.expect(key, "customer_master_key_spec", orAbsent(is("SYMMETRIC_DEFAULT")));
      }
    }),
  ],
  fix: "Set enable_key_rotation = true, and rotation_period_in_days to 365 or less where it is set.",
  mutants: [
    {
      title: "The secrets key is not rotated",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: /enable_key_rotation {5}= true/,
          with: "enable_key_rotation     = false",
        },
      ],
    },
    {
      title: "The state key is left to the default",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: /\n {2}enable_key_rotation {5}= true/,
          with: "",
        },
      ],
    },
    {
      title: "Every seven years",
      of: "bank",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: /enable_key_rotation {5}= true/,
          with: "enable_key_rotation     = true\n  rotation_period_in_days = 2560",
        },
      ],
    },
    {
      title: "One more key, without rotation",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          append:
            '\nresource "aws_kms_key" "backups" {\n  description             = "Backups"\n  deletion_window_in_days = 30\n}\n',
        },
      ],
    },
  ],
});
