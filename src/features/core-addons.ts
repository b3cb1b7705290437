import type { Feature } from "./feature.ts";

/** What every cluster needs: networking, DNS and the credentials agent. */
export const coreAddons: Feature = {
  id: "core-addons",
  kind: "core",
  title: "Core add-ons",
  summary: "VPC CNI, kube-proxy, CoreDNS and, with Pod Identity, its agent",
  contribute: ({ config }) => ({
    addons: [
      {
        name: "vpc-cni",
        phase: "before-compute",
        configuration: {
          // Two engines on one packet path conflict: the CNI's own is on only where it is the chosen one.
          enableNetworkPolicy: config.networkPolicy === "vpc-cni" ? "true" : "false",
          ...(config.networkPolicy === "vpc-cni"
            ? { nodeAgent: { enablePolicyEventLogs: "true" } }
            : {}),
          ...(config.networkPolicy === "calico" ? { env: { ANNOTATE_POD_IP: "true" } } : {}),
        },
        identity: {
          name: "vpc-cni",
          namespace: "kube-system",
          serviceAccount: "aws-node",
          managedPolicies: ["AmazonEKS_CNI_Policy"],
        },
      },
      { name: "kube-proxy", phase: "before-compute" },
      ...(config.identity === "pod-identity"
        ? [{ name: "eks-pod-identity-agent", phase: "before-compute" as const }]
        : []),
      { name: "coredns", phase: "after-compute" },
    ],
    systemNamespaces: ["kube-system", "kube-node-lease", "kube-public"],
  }),
};
