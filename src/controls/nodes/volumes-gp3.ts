import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.volumes-gp3",
  title: "Node volumes are gp3",
  why: "A gp2 volume that has spent its burst credits slows every pod of the node down, and one noisy workload can bring that about.",
  severity: "low",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const template of probe.some(root, "launch template", "aws_launch_template"))
          probe.expect(template, "block_device_mappings.ebs.volume_type", is("gp3"));
        for (const instance of ofType(root, "aws_instance"))
          probe.expect(instance, "root_block_device.volume_type", is("gp3"));
      }
    }),
  ],
  fix: 'Set volume_type = "gp3" in every ebs block of the launch templates.',
  mutants: [
    {
      title: "gp2",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: 'volume_type           = "gp3"',
          with: 'volume_type           = "gp2"',
        },
      ],
    },
    {
      title: "The type is left to EC2",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: '        volume_type           = "gp3"\n',
          with: "",
        },
      ],
    },
  ],
});
