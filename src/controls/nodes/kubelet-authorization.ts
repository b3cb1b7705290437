import { control, terraform } from "../control.ts";
import {
  expectUnweakened,
  isFalse,
  kubeletSettings,
  settingsAt,
  startedNodes,
} from "../evidence/nodes.ts";

export default control({
  id: "nodes.kubelet-authorization",
  title: "User data leaves it to the API server who may call the kubelet",
  why: "With AlwaysAllow every token of the cluster, that of the smallest pod included, may run commands in any container of the node.",
  severity: "critical",
  mapping: {
    cisEks: ["3.2.2"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        // Both images set Webhook; Bottlerocket's standalone mode sets AlwaysAllow.
        expectUnweakened(
          probe,
          node,
          kubeletSettings(node, { config: "authorization.mode", flag: "authorization-mode" }),
          "be Webhook",
          (value) => value === "Webhook",
        );
        expectUnweakened(
          probe,
          node,
          settingsAt(node, "settings.kubernetes.standalone-mode"),
          "be false",
          isFalse,
        );
      }
    }),
  ],
  fix: "Remove authorization, authorization-mode and standalone-mode from the user data.",
  mutants: [
    {
      title: "AlwaysAllow in the NodeConfig",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "    config:\n",
          with: "    config:\n      authorization: { mode: AlwaysAllow }\n",
        },
      ],
    },
    {
      title: "AlwaysAllow by a flag, in a second NodeConfig",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "--BOUNDARY--\n",
          with: '--BOUNDARY\nContent-Type: application/node.eks.aws\n\n{"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": {"kubelet": {"flags": ["--authorization-mode=AlwaysAllow"]}}}\n\n--BOUNDARY--\n',
        },
      ],
    },
    {
      title: "Standalone mode on Bottlerocket",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          append: "standalone-mode = true\n",
        },
      ],
    },
  ],
});
