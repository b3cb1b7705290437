import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { atLeast, oneOf, orAbsent } from "../evidence/require.ts";

/** Less is refused by the modules. */
const YEAR = 365;

export default control({
  id: "detection.log-retention",
  title: "Every log group keeps its records as long as the answers ask, a year at least",
  why: "Break-ins are found months later; an investigation that begins after the logs expired finds nothing.",
  severity: "medium",
  mapping: {
    cisEks: ["2.1.2"],
    securityHub: ["CloudWatch.16"],
    nsaCisa: ["Audit logging and threat detection"],
    checkov: ["CKV_AWS_66", "CKV_AWS_338"],
  },
  evidence: [
    terraform((subject, probe) => {
      const days = Math.max(YEAR, subject.config?.logs.retentionDays ?? YEAR);
      for (const root of probe.environments(subject))
        probe.some(root, "log group", "aws_cloudwatch_log_group");
      for (const root of subject.roots)
        for (const group of ofType(root, "aws_cloudwatch_log_group")) {
          probe.expect(group, "retention_in_days", atLeast(days));
          // The class DELIVERY keeps records for two days, whatever the retention.
          probe.expect(group, "log_group_class", orAbsent(oneOf("STANDARD", "INFREQUENT_ACCESS")));
        }
    }),
  ],
  fix: "Set retention_in_days to 365 or more; a group without it says nothing about how long.",
  mutants: [
    {
      title: "A month in one environment, and the module no longer refuses it",
      edits: [
        {
          file: "modules/cluster/variables.tf",
          replace: "contains([365, 400,",
          with: "contains([30, 365, 400,",
        },
        {
          file: "environments/dev/main.cluster.tf",
          replace: "log_retention_days = 365",
          with: "log_retention_days = 30",
        },
      ],
    },
    {
      title: "Flow logs without a retention",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: "  retention_in_days = var.retention_days\n",
          with: "",
        },
      ],
    },
    {
      title: "Less than the answers ask",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          replace: "flow_log_retention_days = 731",
          with: "flow_log_retention_days = 365",
        },
      ],
    },
    {
      title: "A class that forgets after two days",
      edits: [
        {
          file: "modules/cluster/main.logs.tf",
          replace: "  retention_in_days = var.log_retention_days\n",
          with: '  retention_in_days = var.log_retention_days\n  log_group_class   = "DELIVERY"\n',
        },
      ],
    },
  ],
});
