import { control, terraform } from "../control.ts";
import { allRoots } from "../evidence/probe.ts";
import { blocksOf, placesOf, textsOf } from "../evidence/value.ts";

/** An autoscaler moves it, and an apply must not move it back. */
const ALLOWED: Record<string, readonly string[]> = {
  aws_eks_node_group: ["scaling_config.0.desired_size"],
  aws_autoscaling_group: ["desired_capacity"],
};

export default control({
  id: "operations.ignore-changes",
  title: "Terraform passes over no change but the number of nodes",
  why: "An ignored argument is hardening that anyone can undo in the console, and no plan and no drift run ever tells.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of allRoots(subject))
        for (const resource of root.resources) {
          if (resource.mode !== "managed") continue;
          for (const block of blocksOf(resource.get("lifecycle")))
            for (const path of [undefined, ...textsOf(block.ignore_changes)])
              probe.that(
                path === undefined || ALLOWED[resource.type]?.includes(path) === true,
                placesOf(block)?.arguments.get("ignore_changes") ?? resource.placeOf("lifecycle"),
                `${resource.address}: ignore_changes holds ${path}`,
                root.path,
              );
        }
    }),
  ],
  fix: "Remove the argument from ignore_changes, and bring what was changed outside into the files.",
  mutants: [
    {
      title: "The endpoint of the cluster is no longer looked at",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    prevent_destroy = true\n",
          with: "    prevent_destroy = true\n    ignore_changes  = [vpc_config[0].endpoint_public_access]\n",
        },
      ],
    },
    {
      title: "Everything of the launch template",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "    create_before_destroy = true\n",
          with: "    create_before_destroy = true\n    ignore_changes        = all\n",
        },
      ],
    },
    {
      title: "The launch template of the group beside its size",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "[scaling_config[0].desired_size]",
          with: "[scaling_config[0].desired_size, launch_template]",
        },
      ],
    },
    {
      title: "The policy of a key",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: "    prevent_destroy = true\n",
          with: "    prevent_destroy = true\n\n    ignore_changes = [\n      policy,\n    ]\n",
        },
      ],
    },
  ],
});
