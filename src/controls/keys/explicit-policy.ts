import { control, terraform } from "../control.ts";
import { allKeys, grantsOf, policiesOf } from "../evidence/keys.ts";
import { is, orAbsent } from "../evidence/require.ts";

export default control({
  id: "keys.explicit-policy",
  title: "Every key has a policy that this repository spells out, and that KMS has checked",
  why: "Without one KMS lets every principal with IAM permissions do everything; past the lockout check a typing error makes a key that nobody can ever administer again.",
  severity: "high",
  mapping: { checkov: ["CKV2_AWS_64"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, key } of allKeys(subject, probe)) {
        // Notes a policy that is missing or cannot be read.
        const grants = grantsOf(probe, root, key);
        probe.that(
          grants.length > 0,
          key.placeOf("policy"),
          `${key.address}: no policy that can be read allows anything`,
          root.path,
        );
        for (const resource of [key, ...policiesOf(root, key)])
          probe.expect(resource, "bypass_policy_lockout_safety_check", orAbsent(is(false)));
      }
    }),
  ],
  fix: "Set the key's policy from an aws_iam_policy_document, without bypass_policy_lockout_safety_check.",
  mutants: [
    {
      title: "KMS's default policy",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace: / {2}policy {18}= data\.aws_iam_policy_document\.volumes\.json\n/,
          with: "",
        },
      ],
    },
    {
      title: "The lockout check is bypassed",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: "  deletion_window_in_days = 30\n",
          with: "  deletion_window_in_days = 30\n\n  bypass_policy_lockout_safety_check = true\n",
        },
      ],
    },
    {
      title: "A policy that comes from a parameter",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: /policy {18}= data\.aws_iam_policy_document\.key\.json/,
          with: "policy                  = data.aws_ssm_parameter.key_policy.value",
        },
        {
          file: "modules/account-baseline/main.alerts.tf",
          append: '\ndata "aws_ssm_parameter" "key_policy" {\n  name = "/platform/key-policy"\n}\n',
        },
      ],
    },
  ],
});
