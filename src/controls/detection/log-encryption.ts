import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { ownKey } from "../evidence/require.ts";

export default control({
  id: "detection.log-encryption",
  title: "Every log group is encrypted with a KMS key of this repository",
  why: "Audit and flow logs name users, secrets and addresses; with a key of ours, reading them takes a second permission that can be revoked.",
  severity: "medium",
  mapping: {
    cisEks: ["2.1.2"],
    nsaCisa: ["Audit logging and threat detection"],
    checkov: ["CKV_AWS_158"],
    trivy: ["AWS-0017"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        probe.some(root, "log group", "aws_cloudwatch_log_group");
      for (const root of subject.roots)
        for (const group of ofType(root, "aws_cloudwatch_log_group"))
          probe.expect(group, "kms_key_id", ownKey);
    }),
  ],
  fix: "Set kms_key_id to the logs key of the keys module.",
  mutants: [
    {
      title: "Flow logs without a key",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: "  kms_key_id        = var.kms_key_arn\n",
          with: "",
        },
      ],
    },
    {
      title: "One environment hands no key on",
      edits: [
        {
          file: "modules/cluster/variables.tf",
          replace:
            '  description = "CMK of the control plane\'s log group."\n  type        = string\n  nullable    = false\n',
          with: '  description = "CMK of the control plane\'s log group."\n  type        = string\n  default     = null\n',
        },
        {
          file: "environments/dev/main.cluster.tf",
          replace: "  logs_key_arn       = module.keys.logs_key_arn\n",
          with: "",
        },
      ],
    },
    {
      title: "A further group, unencrypted",
      edits: [
        {
          file: "environments/prod/main.logs.tf",
          create:
            'resource "aws_cloudwatch_log_group" "containers" {\n  name              = "/aws/containerinsights/acme-platform-prod/application"\n  retention_in_days = 365\n}\n',
        },
      ],
    },
  ],
});
