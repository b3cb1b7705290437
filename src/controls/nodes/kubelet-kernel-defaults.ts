import { control, terraform } from "../control.ts";
import { expectSetting, isTrue, kubeletSettings, startedNodes } from "../evidence/nodes.ts";
import { unlessNodesRun } from "../reasons.ts";

export default control({
  id: "nodes.kubelet-kernel-defaults",
  title: "The kubelet of Amazon Linux refuses a kernel whose settings it would have to change",
  why: "Otherwise it loosens the host's hardened settings by itself, and nobody notices.",
  severity: "low",
  mapping: {},
  // Bottlerocket's image sets it, and no setting changes it.
  notApplicable: unlessNodesRun("al2023", "Amazon Linux"),
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe))
        if (node.os === "al2023")
          expectSetting(
            probe,
            node,
            "spec.kubelet.config.protectKernelDefaults",
            kubeletSettings(node, {
              config: "protectKernelDefaults",
              flag: "protect-kernel-defaults",
            }),
            "be true",
            isTrue,
          );
    }),
  ],
  fix: "Set protectKernelDefaults: true in spec.kubelet.config of modules/nodes/user-data/amazon-linux.mime.",
  mutants: [
    {
      title: "Off",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "protectKernelDefaults: true",
          with: "protectKernelDefaults: false",
        },
      ],
    },
    {
      title: "Off by a flag",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "  kubelet:\n",
          with: "  kubelet:\n    flags:\n      - --protect-kernel-defaults=false\n",
        },
      ],
    },
  ],
});
