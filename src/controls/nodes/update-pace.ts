import { control, terraform } from "../control.ts";
import { atMost, is, orAbsent, shown } from "../evidence/require.ts";
import { blocksOf } from "../evidence/value.ts";

/** A third of the group, or one node. */
const MOST_PERCENT = 34;
const MOST_NODES = 1;

export default control({
  id: "nodes.update-pace",
  title: "An update takes at most a third of a group's nodes away at once",
  why: "Whoever fears that an update stops the workloads puts it off, and unpatched nodes are what that costs.",
  severity: "low",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          // It drives out pods that a disruption budget protects.
          probe.expect(group, "force_update_version", orAbsent(is(false)));
          const place = group.placeOf("update_config");
          // Without the block EKS takes one node at a time.
          const config = group.get("update_config");
          const blocks = blocksOf(config);
          probe.that(
            config === undefined || config === null || blocks.length > 0,
            place,
            `${group.address}: update_config is ${shown(config)}`,
            root.path,
          );
          for (const block of blocks) {
            if (block.max_unavailable !== undefined && block.max_unavailable !== null)
              probe.expectIn(group, block, "update_config.max_unavailable", atMost(MOST_NODES));
            else
              probe.expectIn(
                group,
                block,
                "update_config.max_unavailable_percentage",
                atMost(MOST_PERCENT),
              );
          }
        }
    }),
  ],
  fix: "Set max_unavailable_percentage = 33 in update_config.",
  mutants: [
    {
      title: "Pods are driven out whatever their budget says",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "  update_config {\n",
          with: "  force_update_version = true\n\n  update_config {\n",
        },
      ],
    },
    {
      title: "All nodes at once",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "max_unavailable_percentage = 33",
          with: "max_unavailable_percentage = 100",
        },
      ],
    },
    {
      title: "A number of nodes that is the whole group",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "max_unavailable_percentage = 33",
          with: "max_unavailable = 10",
        },
      ],
    },
  ],
});
