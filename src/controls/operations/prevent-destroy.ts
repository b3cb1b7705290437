import { control, files, terraform } from "../control.ts";
import { terraformFiles } from "../evidence/hcl.ts";
import { allRoots, ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";

/** What holds data, findings, the key to them, or the trust of every role; with it goes what cannot be made again. */
const KEPT = [
  "aws_cloudwatch_log_group",
  "aws_ebs_volume",
  "aws_efs_file_system",
  "aws_eks_cluster",
  "aws_guardduty_detector",
  "aws_iam_openid_connect_provider",
  "aws_kms_key",
  "aws_s3_bucket",
  "aws_vpc",
];

export default control({
  id: "operations.prevent-destroy",
  title:
    "Terraform refuses to destroy what holds data or trust: cluster, keys, logs, buckets, network, findings, issuers",
  why: "A renamed block is a deletion and a creation in a plan of hundreds of lines; with a key go all data that it encrypts, with a log group the evidence.",
  severity: "medium",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      // A plan does not show lifecycle.
      if (subject.from === "plan") return;
      for (const root of probe.environments(subject)) {
        probe.some(root, "cluster", "aws_eks_cluster");
        probe.some(root, "log group", "aws_cloudwatch_log_group");
      }
      for (const root of allRoots(subject))
        for (const kept of ofType(root, ...KEPT))
          probe.expect(kept, "lifecycle.prevent_destroy", is(true));
    }),
    files((subject, probe) => {
      for (const { blocks } of terraformFiles(subject))
        for (const { type, place, lines } of blocks)
          probe.that(
            type !== "removed" ||
              lines().some(({ text }) => /^\s*destroy\s*=\s*false\b/.test(text)),
            place,
            "a removed block destroys what it forgets, whatever prevent_destroy said",
          );
    }),
  ],
  fix: "Set lifecycle { prevent_destroy = true } in the resource; scripts/teardown takes it away where that is meant.",
  mutants: [
    {
      title: "The cluster may go",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "prevent_destroy = true",
          with: "prevent_destroy = false",
        },
      ],
    },
    {
      title: "The key of the secrets may go",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: /\n {2}lifecycle \{\n {4}prevent_destroy = true\n {2}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "The issuer that every workload's role trusts may go",
      edits: [
        {
          file: "modules/cluster/main.oidc.tf",
          replace: "prevent_destroy = true",
          with: "prevent_destroy = false",
        },
      ],
    },
    {
      title: "Forgotten, and destroyed with it",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          append:
            "\nremoved {\n  from = module.keys.aws_kms_key.secrets\n\n  lifecycle {\n    destroy = true\n  }\n}\n",
        },
      ],
    },
    {
      title: "A further log group without it",
      edits: [
        {
          file: "environments/prod/main.audit.tf",
          create:
            'resource "aws_cloudwatch_log_group" "audit" {\n  name              = "/acme/${local.name}/audit"\n  retention_in_days = 365\n  kms_key_id        = module.keys.logs_key_arn\n}\n',
        },
      ],
    },
    {
      title: "The detector and its findings may go",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: "    prevent_destroy = true\n",
          with: "    create_before_destroy = true\n",
        },
      ],
    },
  ],
});
