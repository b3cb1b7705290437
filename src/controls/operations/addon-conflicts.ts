import { control, terraform } from "../control.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "operations.addon-conflicts",
  title:
    "An add-on takes the field over when it is created, and keeps what was changed in the cluster when it is updated",
  why: "What somebody changed in an incident must not be undone by the next update; and a creation that stops at a leftover leaves the cluster without its CNI.",
  severity: "low",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const addon of probe.some(root, "EKS add-on", "aws_eks_addon")) {
          probe.expect(addon, "resolve_conflicts_on_create", is("OVERWRITE"));
          probe.expect(addon, "resolve_conflicts_on_update", is("PRESERVE"));
        }
    }),
  ],
  fix: 'Set resolve_conflicts_on_create = "OVERWRITE" and resolve_conflicts_on_update = "PRESERVE".',
  mutants: [
    {
      title: "Updates overwrite",
      edits: [
        {
          file: "modules/addons/main.addons.tf",
          replace: 'resolve_conflicts_on_update = "PRESERVE"',
          with: 'resolve_conflicts_on_update = "OVERWRITE"',
        },
      ],
    },
    {
      title: "Creation stops at a leftover",
      edits: [
        {
          file: "modules/addons/main.addons.tf",
          replace: '  resolve_conflicts_on_create = "OVERWRITE"\n',
          with: "",
        },
      ],
    },
  ],
});
