import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { isSetOf, ownKey } from "../evidence/require.ts";

export default control({
  id: "control-plane.secrets-encryption",
  title: "The Kubernetes API's secrets are encrypted with a KMS key of this repository",
  why: "With AWS's own key nobody here can see who decrypted, or revoke: a copy of etcd stays readable after an incident.",
  severity: "high",
  mapping: {
    cisEks: ["5.3.1"],
    securityHub: ["EKS.3"],
    nsaCisa: ["Pod security"],
    checkov: ["CKV_AWS_58"],
    trivy: ["AWS-0039"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const { cluster } of clustersOf(probe, subject)) {
        probe.expect(cluster, "encryption_config.resources", isSetOf("secrets"));
        probe.expect(cluster, "encryption_config.provider.key_arn", ownKey);
      }
    }),
  ],
  fix: 'Give encryption_config with resources = ["secrets"] and the key of the keys module; it cannot be taken back.',
  mutants: [
    {
      title: "No encryption_config",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: / {2}encryption_config \{[\s\S]*?\n {2}\}\n\n/,
          with: "",
        },
      ],
    },
    {
      title: "Encryption of nothing",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: 'resources = ["secrets"]',
          with: "resources = []",
        },
      ],
    },
    {
      title: "One environment with a key of somebody else",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "module.keys.secrets_key_arn",
          with: '"arn:aws:kms:us-east-1:999988887777:key/0f0f0f0f-0000-4000-8000-000000000000"',
        },
      ],
    },
    {
      title: "Only where a switch says so",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace:
            '  encryption_config {\n    resources = ["secrets"]\n\n    provider {\n      key_arn = var.secrets_key_arn\n    }\n  }\n',
          with: '  dynamic "encryption_config" {\n    for_each = var.support_type == "EXTENDED" ? ["on"] : []\n\n    content {\n      resources = ["secrets"]\n\n      provider {\n        key_arn = var.secrets_key_arn\n      }\n    }\n  }\n',
        },
      ],
    },
  ],
});
