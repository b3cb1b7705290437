import { control, files } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { ofType } from "../evidence/probe.ts";
import { absent } from "../evidence/require.ts";
import { blocksOf } from "../evidence/value.ts";

const WATCHED = [
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_group",
  "aws_eks_access_entry",
  "aws_eks_access_policy_association",
  "aws_eks_cluster",
  "aws_flow_log",
  "aws_guardduty_detector",
  "aws_guardduty_detector_feature",
  "aws_sns_topic",
  "aws_sns_topic_policy",
];

export default control({
  id: "control-plane.drift",
  title:
    "Terraform puts back what is changed by hand on a cluster, its access, its logs and its threat detection",
  why: "With ignore_changes an endpoint that was opened in the console, or a log that was switched off, stays so, and every plan says that all is well.",
  severity: "medium",
  mapping: {},
  evidence: [
    // A plan does not hold lifecycle blocks.
    files((subject, probe) => {
      clustersOf(probe, subject);
      for (const root of subject.roots)
        for (const resource of ofType(root, ...WATCHED)) {
          const [block] = blocksOf(resource.get("lifecycle"));
          if (block === undefined) probe.checked += 1;
          else probe.expectIn(resource, block, "lifecycle.ignore_changes", absent);
        }
    }),
  ],
  fix: "Take ignore_changes out, and put into the repository what was meant to stay.",
  mutants: [
    {
      title: "The endpoint is left as it is",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    prevent_destroy = true\n",
          with: "    prevent_destroy = true\n    ignore_changes  = [vpc_config]\n",
        },
      ],
    },
    {
      title: "Everything of the log group",
      edits: [
        {
          file: "modules/cluster/main.logs.tf",
          replace: "    prevent_destroy = true\n",
          with: "    prevent_destroy = true\n    ignore_changes  = all\n",
        },
      ],
    },
    {
      title: "The state of a GuardDuty feature",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: 'name        = "EKS_AUDIT_LOGS"\n  status      = "ENABLED"\n',
          with: 'name        = "EKS_AUDIT_LOGS"\n  status      = "ENABLED"\n\n  lifecycle {\n    ignore_changes = [status]\n  }\n',
        },
      ],
    },
  ],
});
