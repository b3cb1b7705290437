import { control, terraform } from "../control.ts";
import {
  expectSetting,
  expectUnweakened,
  isTrue,
  kubeletSettings,
  settingsAt,
  startedNodes,
} from "../evidence/nodes.ts";

export default control({
  id: "nodes.kubelet-serving-certificate",
  title: "The kubelet's serving certificate is signed by the cluster and rotated",
  why: "With a certificate that it signs itself nobody can tell the kubelet from whoever sits in between and reads logs and exec sessions.",
  severity: "medium",
  mapping: {
    cisEks: ["3.2.9"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        const path =
          node.os === "bottlerocket"
            ? "settings.kubernetes.server-tls-bootstrap"
            : "spec.kubelet.config.serverTLSBootstrap";
        expectSetting(probe, node, path, settingsAt(node, path), "be true", isTrue);
        expectUnweakened(
          probe,
          node,
          [
            ...kubeletSettings(node, {
              config: "featureGates.RotateKubeletServerCertificate",
              flag: "rotate-server-certificates",
            }),
          ],
          "be true",
          isTrue,
        );
        // A certificate of one's own takes the place of the one that the cluster signs.
        expectUnweakened(
          probe,
          node,
          [
            ...kubeletSettings(node, { config: "tlsCertFile", flag: "tls-cert-file" }),
            ...kubeletSettings(node, { config: "tlsPrivateKeyFile", flag: "tls-private-key-file" }),
            ...settingsAt(node, "settings.kubernetes.server-certificate"),
            ...settingsAt(node, "settings.kubernetes.server-key"),
          ],
          "not be set",
          () => false,
        );
        expectUnweakened(
          probe,
          node,
          settingsAt(node, "spec.kubelet.flags.feature-gates"),
          "not switch RotateKubeletServerCertificate off",
          (value) => !/RotateKubeletServerCertificate=(false|f|0)/i.test(String(value)),
        );
      }
    }),
  ],
  fix: "Set server-tls-bootstrap = true (Bottlerocket) or serverTLSBootstrap: true (Amazon Linux) in the user data.",
  mutants: [
    {
      title: "Off on Bottlerocket",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "server-tls-bootstrap = true",
          with: "server-tls-bootstrap = false",
        },
      ],
    },
    {
      title: "Left out on Amazon Linux",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "      serverTLSBootstrap: true\n",
          with: "",
        },
      ],
    },
    {
      title: "A certificate of one's own",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "    config:\n",
          with: "    config:\n      tlsCertFile: /etc/pki/node.crt\n      tlsPrivateKeyFile: /etc/pki/node.key\n",
        },
      ],
    },
    {
      title: "Rotation off by a feature gate",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "    config:\n",
          with: "    config:\n      featureGates:\n        RotateKubeletServerCertificate: false\n",
        },
      ],
    },
  ],
});
