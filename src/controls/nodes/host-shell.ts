import { control, terraform } from "../control.ts";
import {
  expectSetting,
  expectUnweakened,
  isFalse,
  settingsAt,
  startedNodes,
} from "../evidence/nodes.ts";
import { unlessNodesRun } from "../reasons.ts";

export default control({
  id: "nodes.host-shell",
  title: "Bottlerocket's admin container is off",
  why: "The admin container is the only way to a root shell on the host; switched on, whoever gets a session or its SSH key owns the node.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  notApplicable: unlessNodesRun("bottlerocket", "Bottlerocket"),
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        if (node.os !== "bottlerocket") continue;
        const admin = "settings.host-containers.admin";
        expectSetting(
          probe,
          node,
          `${admin}.enabled`,
          settingsAt(node, `${admin}.enabled`),
          "be false",
          isFalse,
        );
        expectUnweakened(
          probe,
          node,
          settingsAt(node, `${admin}.user-data`),
          "not be set, it holds SSH keys",
          () => false,
        );
      }
    }),
  ],
  fix: "Set enabled = false under [settings.host-containers.admin] in modules/nodes/user-data/bottlerocket.toml.",
  mutants: [
    {
      title: "On",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "enabled = false",
          with: "enabled = true",
        },
      ],
    },
    {
      title: "On in another spelling",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace:
            "[settings.host-containers.admin]\n# The only way to a root shell on the host.\nenabled = false\n",
          with: '[settings.host-containers]\nadmin = { "enabled" = true }\n',
        },
      ],
    },
    {
      title: "Bottlerocket starts without user data",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: / {2}user_data = base64encode\([\s\S]*?\n {2}\)\n\n/,
          with: "",
        },
      ],
    },
  ],
});
