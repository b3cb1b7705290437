import { control, terraform } from "../control.ts";
import { expectSetting, settingsAt, startedNodes } from "../evidence/nodes.ts";
import { unlessNodesRun } from "../reasons.ts";

const PATH = "settings.kernel.lockdown";

export default control({
  id: "nodes.kernel-lockdown",
  title: "Not even root changes the running kernel of a Bottlerocket node",
  why: "Without lockdown a container escape loads a module, and from then on no agent on the node can be believed.",
  severity: "medium",
  mapping: {},
  notApplicable: unlessNodesRun("bottlerocket", "Bottlerocket"),
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe))
        if (node.os === "bottlerocket")
          expectSetting(
            probe,
            node,
            PATH,
            settingsAt(node, PATH),
            "be integrity or confidentiality",
            (value) => value === "integrity" || value === "confidentiality",
          );
    }),
  ],
  fix: 'Set lockdown = "integrity" under [settings.kernel] in modules/nodes/user-data/bottlerocket.toml.',
  mutants: [
    {
      title: "None",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: 'lockdown = "integrity"',
          with: 'lockdown = "none"',
        },
      ],
    },
    {
      title: "A comment",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: 'lockdown = "integrity"',
          with: '# lockdown = "integrity"',
        },
      ],
    },
    {
      title: "One group gets other user data",
      of: "bank",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: 'file("${path.module}/user-data/bottlerocket.toml")',
          with: '(each.key == "batch" ? "[settings.host-containers.admin]\\nenabled = false\\n" : file("${path.module}/user-data/bottlerocket.toml"))',
        },
      ],
    },
  ],
});
