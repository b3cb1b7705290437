import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "control-plane.no-self-managed-addons",
  title: "EKS installs no add-ons that this repository does not pin",
  why: "The CNI and kube-proxy that EKS brings along have no version here, take their rights from the node's role, and nobody updates them.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      // True by default.
      for (const { cluster } of clustersOf(probe, subject))
        probe.expect(cluster, "bootstrap_self_managed_addons", is(false));
    }),
  ],
  fix: "Set bootstrap_self_managed_addons = false; a change replaces the cluster.",
  mutants: [
    {
      title: "EKS installs its own",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "bootstrap_self_managed_addons = false",
          with: "bootstrap_self_managed_addons = true",
        },
      ],
    },
    {
      title: "Left to the default",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "  bootstrap_self_managed_addons = false\n",
          with: "",
        },
      ],
    },
  ],
});
