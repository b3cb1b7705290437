import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is, orAbsent } from "../evidence/require.ts";
import { blocksOf } from "../evidence/value.ts";

export default control({
  id: "nodes.volumes-deleted",
  title: "A node's volumes end with the node",
  why: "Each replaced node would leave a disk with images, logs and secrets behind, which nobody lists and any snapshot can copy.",
  severity: "medium",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const template of probe.some(root, "launch template", "aws_launch_template"))
          probe.expect(template, "block_device_mappings.ebs.delete_on_termination", is(true));
        for (const instance of ofType(root, "aws_instance"))
          for (const device of ["root_block_device", "ebs_block_device"])
            if (blocksOf(instance.get(device)).length > 0)
              probe.expect(instance, `${device}.delete_on_termination`, orAbsent(is(true)));
      }
    }),
  ],
  fix: "Set delete_on_termination = true in every ebs block of the launch templates.",
  mutants: [
    {
      title: "Volumes stay",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "        delete_on_termination = true\n",
          with: "        delete_on_termination = false\n",
        },
      ],
    },
    {
      title: "Only the system volume ends with the node",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "        delete_on_termination = true\n",
          with: '        delete_on_termination = block_device_mappings.key == "/dev/xvda"\n',
        },
      ],
    },
  ],
});
