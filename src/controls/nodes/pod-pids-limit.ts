import { control, terraform } from "../control.ts";
import { expectSetting, kubeletSettings, settingsAt, startedNodes } from "../evidence/nodes.ts";

/** A quarter of the kernel's usual table: one pod cannot fill it. */
const MOST = 8192;

export default control({
  id: "nodes.pod-pids-limit",
  title: "The number of processes of a pod is limited",
  why: "Without the limit one fork bomb takes the node's whole process table, and the kubelet and every other pod with it.",
  severity: "medium",
  mapping: { nsaCisa: ["Pod security"] },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        const path =
          node.os === "bottlerocket"
            ? "settings.kubernetes.pod-pids-limit"
            : "spec.kubelet.config.podPidsLimit";
        const found =
          node.os === "bottlerocket"
            ? settingsAt(node, path)
            : kubeletSettings(node, { config: "podPidsLimit", flag: "pod-max-pids" });
        expectSetting(
          probe,
          node,
          path,
          found,
          `be a number from 1 to ${MOST}`,
          (value) => Number(value) >= 1 && Number(value) <= MOST,
        );
      }
    }),
  ],
  fix: "Set pod-pids-limit = 1024 (Bottlerocket) or podPidsLimit: 1024 (Amazon Linux) in the user data.",
  mutants: [
    {
      title: "Without limit on Amazon Linux",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "podPidsLimit: 1024",
          with: "podPidsLimit: -1",
        },
      ],
    },
    {
      title: "Bottlerocket's own limit of a million",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "pod-pids-limit = 1024\n",
          with: "",
        },
      ],
    },
    {
      title: "A limit that is none",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "pod-pids-limit = 1024",
          with: "pod-pids-limit = 4_194_304",
        },
      ],
    },
  ],
});
