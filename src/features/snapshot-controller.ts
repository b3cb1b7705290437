import type { Feature } from "./feature.ts";

/** Volume snapshots through the Kubernetes API. */
export const snapshotController: Feature = {
  id: "snapshot-controller",
  kind: "addon",
  title: "CSI snapshot controller",
  summary: "Volume snapshots",
  contribute: () => ({ addons: [{ name: "snapshot-controller", phase: "after-compute" }] }),
};
