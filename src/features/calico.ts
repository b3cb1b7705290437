import type { Feature } from "./feature.ts";

/** Calico enforces policy next to the VPC CNI, which keeps the addressing. */
export const calico: Feature = {
  id: "calico",
  kind: "network-policy",
  title: "Calico",
  summary: "Policy only, next to the VPC CNI; cluster-wide default deny",
  contribute: () => ({
    // Its API server, which serves projectcalico.org/v3.
    webhookPorts: [5443],
    systemNamespaces: ["tigera-operator", "calico-system", "calico-apiserver"],
  }),
};
