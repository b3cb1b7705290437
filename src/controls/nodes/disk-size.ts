import { control, terraform } from "../control.ts";
import { nodeGroupsIn } from "../evidence/nodes.ts";
import { atLeast } from "../evidence/require.ts";
import { blocksOf, textsOf } from "../evidence/value.ts";

const LEAST_GIB = 100;

export default control({
  id: "nodes.disk-size",
  title: `Images, containers and logs have ${LEAST_GIB} GiB or more on every node`,
  why: "A pod that fills a small disk evicts its neighbours, and with them the agents that would have reported it.",
  severity: "low",
  mapping: {},
  waivedBy: ["small-disk"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const { template, os } of nodeGroupsIn(probe, root)) {
          // Bottlerocket's system volume is fixed in size; everything that grows is on the second one.
          const device = os === "bottlerocket" ? "/dev/xvdb" : "/dev/xvda";
          const volumes = blocksOf(template.get("block_device_mappings"))
            .filter((block) => textsOf(block.device_name).includes(device))
            .flatMap((block) => blocksOf(block.ebs));
          if (volumes.length === 0)
            probe.wrong(
              template.placeOf("block_device_mappings"),
              `${template.address}: ${device} is not mapped, so the image decides on its size`,
              root.path,
            );
          for (const volume of volumes)
            probe.expectIn(
              template,
              volume,
              "block_device_mappings.ebs.volume_size",
              atLeast(LEAST_GIB),
            );
        }
    }),
  ],
  fix: `Set disk_size_gib of the group to ${LEAST_GIB} or more.`,
  mutants: [
    {
      title: "A small disk in one environment",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "disk_size_gib  = 100",
          with: "disk_size_gib  = 30",
        },
      ],
    },
    {
      title: "The sizes of the two volumes are swapped",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: '{ "/dev/xvda" = 4, "/dev/xvdb" = group.disk_size_gib }',
          with: '{ "/dev/xvda" = group.disk_size_gib, "/dev/xvdb" = 20 }',
        },
      ],
    },
    {
      title: "The module takes a lower default, and the group says nothing",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/variables.tf",
          replace: "optional(number, 100)",
          with: "optional(number, 20)",
        },
        {
          file: "environments/dev/main.nodes.tf",
          replace: "      disk_size_gib  = 100\n",
          with: "",
        },
      ],
    },
  ],
});
