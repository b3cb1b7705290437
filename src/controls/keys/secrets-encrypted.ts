import { control, terraform } from "../control.ts";
import { keysIn } from "../evidence/keys.ts";
import { valuesAt } from "../evidence/network.ts";
import { holds } from "../evidence/require.ts";
import { leavesOf, showValue } from "../evidence/value.ts";

export default control({
  id: "keys.secrets-encrypted",
  title: "Kubernetes secrets are encrypted with a KMS key of this repository",
  why: "Under AWS's own key nobody here can see who decrypts, nor cut it off; and what has no key of ours at creation may get a wrong one that can never be changed.",
  severity: "high",
  mapping: {
    cisEks: ["5.3.1"],
    securityHub: ["EKS.3"],
    checkov: ["CKV_AWS_58"],
    trivy: ["AWS-0039"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const cluster of probe.some(root, "cluster", "aws_eks_cluster")) {
          probe.expect(cluster, "encryption_config.resources", holds("secrets"));
          const found = valuesAt(cluster, "encryption_config.provider.key_arn");
          probe.that(
            found.length > 0,
            cluster.placeOf("encryption_config"),
            `${cluster.address}: encryption_config names no key`,
            root.path,
          );
          for (const { value, place } of found)
            probe.that(
              leavesOf(value).length > 0 &&
                leavesOf(value).every((leaf) => keysIn(leaf).length > 0),
              place,
              `${cluster.address}: the key is ${showValue(value)}, it must be a KMS key of this repository`,
              root.path,
            );
          if (cluster.maybe !== undefined)
            probe.unresolved(
              cluster.place,
              `${cluster.address}: whether it exists is not known (${cluster.maybe.name})`,
              root.path,
            );
        }
    }),
  ],
  fix: 'Give encryption_config of the cluster resources = ["secrets"] and the ARN of the secrets key.',
  mutants: [
    {
      title: "No encryption_config",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: / {2}encryption_config \{[\s\S]*?\n {2}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "A key from outside in one environment",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "= module.keys.secrets_key_arn",
          with: '= "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"',
        },
      ],
    },
    {
      title: "A variable that replaces the key",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "= module.keys.secrets_key_arn",
          with: "= coalesce(var.secrets_key_arn, module.keys.secrets_key_arn)",
        },
        {
          file: "environments/prod/variables.tf",
          append:
            '\nvariable "secrets_key_arn" {\n  description = "A key that exists."\n  type        = string\n  nullable    = false\n}\n',
        },
      ],
    },
    {
      title: "Something else than secrets, by a local",
      of: "bank",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: 'resources = ["secrets"]',
          with: "resources = local.encrypted",
        },
        {
          file: "modules/cluster/main.logs.tf",
          append: "\nlocals {\n  encrypted = []\n}\n",
        },
      ],
    },
  ],
});
