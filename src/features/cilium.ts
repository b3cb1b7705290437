import type { Feature } from "./feature.ts";

/** Cilium enforces policy chained behind the VPC CNI, which keeps the addressing. */
export const cilium: Feature = {
  id: "cilium",
  kind: "network-policy",
  title: "Cilium",
  summary: "Chained behind the VPC CNI; cluster-wide default deny",
  contribute: () => ({ systemNamespaces: ["cilium-secrets"] }),
};
