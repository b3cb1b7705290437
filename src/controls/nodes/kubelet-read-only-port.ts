import { control, terraform } from "../control.ts";
import { expectSetting, kubeletSettings, startedNodes } from "../evidence/nodes.ts";

export default control({
  id: "nodes.kubelet-read-only-port",
  title: "The kubelet's unauthenticated read-only port is closed",
  why: "Port 10255 lists every pod of the node with its environment variables to whoever asks.",
  severity: "high",
  mapping: {
    cisEks: ["3.2.4"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        const found = kubeletSettings(node, { config: "readOnlyPort", flag: "read-only-port" });
        // Bottlerocket's image closes the port, and has no setting that opens it.
        if (node.os === "bottlerocket")
          probe.that(
            node.data.programs.length === 0,
            node.data.place,
            `${node.template.address}: this user data is not Bottlerocket's`,
            node.template.root,
          );
        else
          expectSetting(
            probe,
            node,
            "spec.kubelet.config.readOnlyPort",
            found,
            "be 0",
            (value) => String(value) === "0",
          );
      }
    }),
  ],
  fix: "Set readOnlyPort: 0 in spec.kubelet.config of modules/nodes/user-data/amazon-linux.mime.",
  mutants: [
    {
      title: "Open",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "readOnlyPort: 0",
          with: "readOnlyPort: 10255",
        },
      ],
    },
    {
      title: "A flag beside the setting, which wins",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "  kubelet:\n",
          with: "  kubelet:\n    flags: [--node-labels=team=web, --read-only-port=10255]\n",
        },
      ],
    },
    {
      title: "Amazon Linux starts with the user data of Bottlerocket",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: '"${path.module}/user-data/amazon-linux.mime"',
          with: '"${path.module}/user-data/bottlerocket.toml"',
        },
      ],
    },
  ],
});
