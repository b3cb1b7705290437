import { control, terraform } from "../control.ts";
import { nodeGroupsIn, type Os } from "../evidence/nodes.ts";
import { absent } from "../evidence/require.ts";
import { blocksOf, textsOf } from "../evidence/value.ts";

/** Devices that the images bring. */
const DEVICES: Record<Os, readonly string[]> = {
  bottlerocket: ["/dev/xvda", "/dev/xvdb"],
  al2023: ["/dev/xvda"],
};

export default control({
  id: "nodes.volumes-mapped",
  title: "The launch template maps every volume that the image brings",
  why: "A volume that is not mapped comes as the image has it: outside of the template's key, size and end of life.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const { template, os } of nodeGroupsIn(probe, root)) {
          const mapped = blocksOf(template.get("block_device_mappings"))
            .filter((block) => blocksOf(block.ebs).length > 0)
            .flatMap((block) => textsOf(block.device_name));
          for (const block of blocksOf(template.get("block_device_mappings")))
            for (const ebs of blocksOf(block.ebs))
              probe.expectIn(template, ebs, "block_device_mappings.ebs.snapshot_id", absent);
          for (const device of DEVICES[os])
            probe.that(
              mapped.includes(device),
              template.placeOf("block_device_mappings"),
              `${template.address}: block_device_mappings leaves out ${device}`,
              root.path,
            );
        }
    }),
  ],
  fix: "Map /dev/xvda, and on Bottlerocket also /dev/xvdb, in block_device_mappings.",
  mutants: [
    {
      title: "A volume that is a copy of somebody's snapshot",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: /( +)volume_type( +)= /,
          with: '        snapshot_id = "snap-0123456789abcdef0"\n        volume_type = ',
        },
      ],
    },
    {
      title: "Only the data volume of Bottlerocket is mapped",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: '{ "/dev/xvda" = 4, "/dev/xvdb" = group.disk_size_gib }',
          with: '{ "/dev/xvdb" = group.disk_size_gib }',
        },
      ],
    },
    {
      title: "Only the system volume of Bottlerocket is mapped",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: '{ "/dev/xvda" = 4, "/dev/xvdb" = group.disk_size_gib }',
          with: '{ "/dev/xvda" = group.disk_size_gib }',
        },
      ],
    },
    {
      title: "Another name for the root device of Amazon Linux",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: ': { "/dev/xvda" = group.disk_size_gib }',
          with: ': { "/dev/sdb" = group.disk_size_gib }',
        },
      ],
    },
    {
      title: "One environment runs Bottlerocket under a template for Amazon Linux",
      of: "bank",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: 'name => startswith(group.ami_type, "BOTTLEROCKET_")',
          with: 'name => startswith(group.ami_type, "BOTTLEROCKET_") && name != "batch"',
        },
      ],
    },
  ],
});
