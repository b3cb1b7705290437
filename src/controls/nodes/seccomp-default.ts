import { control, terraform } from "../control.ts";
import {
  expectSetting,
  isTrue,
  kubeletSettings,
  settingsAt,
  startedNodes,
} from "../evidence/nodes.ts";

export default control({
  id: "nodes.seccomp-default",
  title: "A pod that says nothing about seccomp gets the runtime's profile",
  why: "Unconfined, a container may use every system call, and most escapes of the past years began with one that the profile refuses.",
  severity: "medium",
  mapping: { nsaCisa: ["Pod security"] },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        const path =
          node.os === "bottlerocket"
            ? "settings.kubernetes.seccomp-default"
            : "spec.kubelet.config.seccompDefault";
        const found =
          node.os === "bottlerocket"
            ? settingsAt(node, path)
            : kubeletSettings(node, { config: "seccompDefault", flag: "seccomp-default" });
        expectSetting(probe, node, path, found, "be true", isTrue);
      }
    }),
  ],
  fix: "Set seccomp-default = true (Bottlerocket) or seccompDefault: true (Amazon Linux) in the user data.",
  mutants: [
    {
      title: "Off on Bottlerocket",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "seccomp-default = true",
          with: "seccomp-default = false",
        },
      ],
    },
    {
      title: "Left out on Amazon Linux",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "      seccompDefault: true\n",
          with: "",
        },
      ],
    },
    {
      title: "In a table that is none of the kubelet's",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "[settings.kubernetes]\n",
          with: "[settings.kubelet]\n",
        },
      ],
    },
  ],
});
