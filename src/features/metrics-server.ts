import type { Feature } from "./feature.ts";

/** CPU and memory figures for autoscaling and `kubectl top`. */
export const metricsServer: Feature = {
  id: "metrics-server",
  kind: "addon",
  title: "Metrics server",
  summary: "Resource metrics for autoscaling",
  // eksctl records community add-ons as absent elsewhere (facts §2).
  partitions: ["aws"],
  contribute: () => ({ addons: [{ name: "metrics-server", phase: "after-compute" }] }),
};
