import { control, terraform } from "../control.ts";
import { expectUnweakened, kubeletSettings, settingsAt, startedNodes } from "../evidence/nodes.ts";

/** EKS fills these in; whoever sets them decides which cluster the node believes. */
const FILLED_BY_EKS = [
  "settings.kubernetes.api-server",
  "settings.kubernetes.authentication-mode",
  "settings.kubernetes.bootstrap-token",
  "settings.kubernetes.cluster-certificate",
  "settings.kubernetes.cluster-name",
  "settings.pki",
  "spec.cluster",
];

export default control({
  id: "nodes.kubelet-trust",
  title:
    "User data does not replace the certificate authority or the API server that EKS gives the kubelet",
  why: "A kubelet that trusts another authority takes commands from whoever holds that key, and sends its pods' secrets to whoever answers.",
  severity: "high",
  mapping: {
    cisEks: ["3.2.3"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        expectUnweakened(
          probe,
          node,
          FILLED_BY_EKS.flatMap((path) => settingsAt(node, path)),
          "be left to EKS",
          () => false,
        );
        expectUnweakened(
          probe,
          node,
          kubeletSettings(node, {
            config: "authentication.x509.clientCAFile",
            flag: "client-ca-file",
          }),
          "be /etc/kubernetes/pki/ca.crt",
          (value) => value === "/etc/kubernetes/pki/ca.crt",
        );
        expectUnweakened(
          probe,
          node,
          ["kubeconfig", "bootstrap-kubeconfig", "config", "config-dir"].flatMap((flag) =>
            settingsAt(node, `spec.kubelet.flags.${flag}`),
          ),
          "be left to nodeadm",
          () => false,
        );
      }
    }),
  ],
  fix: "Remove the cluster's address and certificate, and clientCAFile, from the user data.",
  mutants: [
    {
      title: "Another client authority in the NodeConfig",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "    config:\n",
          with: "    config:\n      authentication:\n        x509:\n          clientCAFile: /etc/pki/company.pem\n",
        },
      ],
    },
    {
      title: "No client authority",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "  kubelet:\n",
          with: '  kubelet:\n    flags:\n      - "--client-ca-file="\n',
        },
      ],
    },
    {
      title: "Another cluster's certificate on Bottlerocket",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: "[settings.kubernetes]\n",
          with: '[settings.kubernetes]\ncluster-certificate = "LS0tLS1CRUdJTg=="\n',
        },
      ],
    },
  ],
});
