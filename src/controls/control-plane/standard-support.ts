import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "control-plane.standard-support",
  title: "EKS upgrades the control plane when standard support of its version ends",
  why: "By default a cluster drifts into extended support, where it costs six times as much and is forgotten for another year.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  waivedBy: ["extended-support"],
  evidence: [
    terraform((subject, probe) => {
      for (const { cluster } of clustersOf(probe, subject))
        probe.expect(cluster, "upgrade_policy.support_type", is("STANDARD"));
    }),
  ],
  fix: 'Set support_type = "STANDARD" while the version is in standard support; EKS refuses it later.',
  mutants: [
    {
      title: "Extended support in one environment",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: 'support_type       = "STANDARD"',
          with: 'support_type       = "EXTENDED"',
        },
      ],
    },
    {
      title: "No policy, which means extended",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: / {2}upgrade_policy \{[^}]*\}\n\n/,
          with: "",
        },
      ],
    },
    {
      title: "The module's default, where an environment says nothing",
      edits: [
        {
          file: "modules/cluster/variables.tf",
          replace: 'default     = "STANDARD"',
          with: 'default     = "EXTENDED"',
        },
        {
          file: "environments/dev/main.cluster.tf",
          replace: '  support_type       = "STANDARD"\n',
          with: "",
        },
      ],
    },
  ],
});
