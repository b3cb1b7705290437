import { type Region, usableZoneIds } from "../catalog/index.ts";
import type { Config } from "../options/config.ts";

/** The zone ids that the subnets use: the user's, or the first three that EKS accepts. */
export const zoneIdsOf = (config: Config, region: Region): string[] =>
  config.zones ?? usableZoneIds(region).slice(0, 3);
