import { control, terraform } from "../control.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.repair",
  title: "EKS replaces a node whose kubelet, disk or network stays broken",
  why: "A node that no longer reports takes no policy and no update any more, while the pods on it run on.",
  severity: "low",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group"))
          probe.expect(group, "node_repair_config.enabled", is(true));
    }),
  ],
  fix: "Set node_repair_config { enabled = true } in the node group.",
  mutants: [
    {
      title: "Off",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "    enabled = true",
          with: "    enabled = false",
        },
      ],
    },
    {
      title: "The block is gone",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: / {2}node_repair_config \{[^}]*\}\n\n/,
          with: "",
        },
      ],
    },
  ],
});
