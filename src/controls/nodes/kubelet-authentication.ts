import { control, terraform } from "../control.ts";
import {
  expectUnweakened,
  isFalse,
  isTrue,
  kubeletSettings,
  settingsAt,
  startedNodes,
} from "../evidence/nodes.ts";

export default control({
  id: "nodes.kubelet-authentication",
  title: "User data does not let the kubelet answer anonymous requests",
  why: "The kubelet runs commands in every container of its node; answered without a token, whoever reaches port 10250 is in all of them.",
  severity: "critical",
  mapping: {
    cisEks: ["3.2.1"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        // Both images switch it off; Bottlerocket turns it on with the standalone mode.
        expectUnweakened(
          probe,
          node,
          [
            ...kubeletSettings(node, {
              config: "authentication.anonymous.enabled",
              flag: "anonymous-auth",
            }),
            ...settingsAt(node, "settings.kubernetes.standalone-mode"),
          ],
          "be false",
          isFalse,
        );
        expectUnweakened(
          probe,
          node,
          kubeletSettings(node, {
            config: "authentication.webhook.enabled",
            flag: "authentication-token-webhook",
          }),
          "be true",
          isTrue,
        );
      }
    }),
  ],
  fix: "Remove authentication, anonymous-auth and standalone-mode from the user data.",
  mutants: [
    {
      title: "Anonymous requests in the NodeConfig",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "    config:\n",
          with: "    config:\n      authentication:\n        anonymous:\n          enabled: true\n",
        },
      ],
    },
    {
      title: "Anonymous requests by a flag",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "  kubelet:\n",
          with: "  kubelet:\n    flags:\n      - --anonymous-auth=true\n",
        },
      ],
    },
    {
      title: "Standalone mode on Bottlerocket",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "[settings.kubernetes]\n",
          with: "[settings.kubernetes]\nstandalone-mode = true\n",
        },
      ],
    },
  ],
});
