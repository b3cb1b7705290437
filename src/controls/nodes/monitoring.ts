import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.monitoring",
  title: "Nodes report their metrics every minute",
  why: "Mining and exfiltration show first in CPU and network; at EC2's usual five minutes a short burst disappears in the average.",
  severity: "low",
  mapping: {
    nsaCisa: ["Audit logging and threat detection"],
    checkov: ["CKV_AWS_126"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const template of probe.some(root, "launch template", "aws_launch_template"))
          probe.expect(template, "monitoring.enabled", is(true));
        for (const instance of ofType(root, "aws_instance"))
          probe.expect(instance, "monitoring", is(true));
      }
    }),
  ],
  fix: "Set monitoring { enabled = true } in every launch template.",
  mutants: [
    {
      title: "Off",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "  monitoring {\n    enabled = true",
          with: "  monitoring {\n    enabled = false",
        },
      ],
    },
    {
      title: "The block is gone",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: / {2}monitoring \{[^}]*\}\n\n/,
          with: "",
        },
      ],
    },
  ],
});
