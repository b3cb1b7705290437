/** Every feature, one line each. */
import { calico } from "./calico.ts";
import { cilium } from "./cilium.ts";
import { coreAddons } from "./core-addons.ts";
import { ebsCsi } from "./ebs-csi.ts";
import { efsCsi } from "./efs-csi.ts";
import type { Feature } from "./feature.ts";
import { guardduty } from "./guardduty.ts";
import { metricsServer } from "./metrics-server.ts";
import { nodeMonitoring } from "./node-monitoring.ts";
import { snapshotController } from "./snapshot-controller.ts";
import { vpcCni } from "./vpc-cni.ts";

export const features: readonly Feature[] = [
  coreAddons,
  guardduty,
  ebsCsi,
  efsCsi,
  metricsServer,
  nodeMonitoring,
  snapshotController,
  calico,
  cilium,
  vpcCni,
];
