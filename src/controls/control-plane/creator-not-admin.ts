import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "control-plane.creator-not-admin",
  title: "Whoever creates a cluster does not become its administrator by that",
  why: "The pipeline's role, or the laptop of the first apply, would keep full control of the cluster for ever, listed nowhere in the repository.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      // True by default.
      for (const { cluster } of clustersOf(probe, subject))
        probe.expect(
          cluster,
          "access_config.bootstrap_cluster_creator_admin_permissions",
          is(false),
        );
    }),
  ],
  fix: "Set bootstrap_cluster_creator_admin_permissions = false before the cluster is made; afterwards remove the creator's access entry.",
  mutants: [
    {
      title: "The creator is administrator",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "bootstrap_cluster_creator_admin_permissions = false",
          with: "bootstrap_cluster_creator_admin_permissions = true",
        },
      ],
    },
    {
      title: "Left to the default",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    bootstrap_cluster_creator_admin_permissions = false\n",
          with: "",
        },
      ],
    },
    {
      title: "Only where no administrator was named",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "bootstrap_cluster_creator_admin_permissions = false",
          with: "bootstrap_cluster_creator_admin_permissions = length(var.admin_role_arns) < 2",
        },
      ],
    },
  ],
});
