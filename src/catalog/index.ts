/** Facts as data, and typed look-ups. Nothing here decides; no clock, no network. */
export { type ActionPin, actionNames, actionPin } from "./actions.ts";
export {
  type AddonFacts,
  type AddonPin,
  addonNames,
  addonPin,
  findAddon,
} from "./addons.ts";
export { type ChartPin, chart, chartNames } from "./charts.ts";
export type { Confidence } from "./confidence.ts";
export { endpointServiceName } from "./endpoints.ts";
export {
  type Architecture,
  findInstanceType,
  type InstanceType,
  instanceTypeInRegion,
  instanceTypeNames,
  onDemandPrice,
  type SizingProfile,
  type SizingQuestion,
  type SizingSize,
  sizesOf,
  sizing,
} from "./instances.ts";
export {
  DEFAULT_KUBERNETES,
  findKubernetesVersion,
  type KubernetesVersion,
  kubernetesAsOf,
  kubernetesVersions,
  type SupportStatus,
  supportStatus,
} from "./kubernetes.ts";
export { isOneSlipAway, nearest } from "./nearest.ts";
export {
  type PricedService,
  pricesAsOf,
  type ServicePrice,
  servicePrices,
} from "./prices.ts";
export { findRegion, type Partition, type Region, regions, usableZoneIds } from "./regions.ts";
