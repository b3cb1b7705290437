import { control, terraform } from "../control.ts";
import { allKeys } from "../evidence/keys.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "keys.kept",
  title: "No plan can destroy a key",
  why: "A renamed module or a removed line would schedule the key for deletion in the next apply; EKS never lets go of its key, so the cluster goes with it.",
  severity: "high",
  mapping: { securityHub: ["KMS.3"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { key } of allKeys(subject, probe))
        probe.expect(key, "lifecycle.prevent_destroy", is(true));
    }),
  ],
  fix: "Set prevent_destroy = true in the lifecycle block of every key.",
  mutants: [
    {
      title: "The flag of the secrets key is off",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: "prevent_destroy = true",
          with: "prevent_destroy = false",
        },
      ],
    },
    {
      title: "The block of the state key is gone",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: / {2}lifecycle \{\n {4}prevent_destroy = true\n {2}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "One more key without it",
      of: "government",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          append:
            '\nresource "aws_kms_key" "images" {\n  description             = "Images of ${var.name}"\n  enable_key_rotation     = true\n  deletion_window_in_days = 30\n  policy                  = data.aws_iam_policy_document.administration.json\n}\n',
        },
      ],
    },
  ],
});
