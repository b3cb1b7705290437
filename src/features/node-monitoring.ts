import type { Feature } from "./feature.ts";

/** Finds failing nodes for the node repair of the managed node groups. */
export const nodeMonitoring: Feature = {
  id: "node-monitoring",
  kind: "addon",
  title: "EKS node monitoring agent",
  summary: "Health signals for automatic node repair",
  contribute: () => ({ addons: [{ name: "eks-node-monitoring-agent", phase: "after-compute" }] }),
};
