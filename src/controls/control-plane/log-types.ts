import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { isSetOf } from "../evidence/require.ts";

export default control({
  id: "control-plane.log-types",
  title: "The control plane writes all five kinds of log, the audit log among them",
  why: "Without audit and authenticator logs nobody can say afterwards who did what in the cluster with which role.",
  severity: "high",
  mapping: {
    cisEks: ["2.1.1"],
    securityHub: ["EKS.8"],
    nsaCisa: ["Audit logging and threat detection"],
    checkov: ["CKV_AWS_37"],
    trivy: ["AWS-0038"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const { cluster } of clustersOf(probe, subject))
        probe.expect(
          cluster,
          "enabled_cluster_log_types",
          isSetOf("api", "audit", "authenticator", "controllerManager", "scheduler"),
        );
    }),
  ],
  fix: "Set enabled_cluster_log_types to api, audit, authenticator, controllerManager and scheduler.",
  mutants: [
    {
      title: "No audit log",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: '"api", "audit", "authenticator"',
          with: '"api", "authenticator"',
        },
      ],
    },
    {
      title: "No logs at all",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "  enabled_cluster_log_types = local.log_types\n",
          with: "",
        },
      ],
    },
    {
      title: "Another list in one environment, behind a variable",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "enabled_cluster_log_types = local.log_types",
          with: "enabled_cluster_log_types = coalesce(var.log_types, local.log_types)",
        },
        {
          file: "modules/cluster/variables.tf",
          append:
            '\nvariable "log_types" {\n  description = "Logs of the control plane."\n  type        = list(string)\n  default     = null\n}\n',
        },
        {
          file: "environments/dev/main.cluster.tf",
          replace: "  log_retention_days = 365\n",
          with: '  log_retention_days = 365\n  log_types          = ["api"]\n',
        },
      ],
    },
  ],
});
