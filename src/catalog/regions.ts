import data from "./data/regions.json" with { type: "json" };

export type Partition =
  | "aws"
  | "aws-cn"
  | "aws-us-gov"
  | "aws-eusc"
  | "aws-iso"
  | "aws-iso-b"
  | "aws-iso-e"
  | "aws-iso-f";

export interface Region {
  name: string;
  title: string;
  partition: Partition;
  /** Domain of service principals and endpoints; GovCloud shares the commercial one. */
  dnsSuffix: string;
  /** An account has to enable the region before it can be used. */
  optIn: boolean;
  /** Availability-zone ids; empty where none are published (isolated and sovereign partitions). */
  zoneIds: string[];
  /** Zone ids that the EKS control plane refuses, whether or not they are listed in `zoneIds`. */
  avoidZoneIds: string[];
}

/** Every region where EKS runs, sorted by name. */
export const regions: readonly Region[] = data.regions as Region[];

const byName = new Map(regions.map((region) => [region.name, region]));

/** The region with a name, if EKS runs there. */
export function findRegion(name: string): Region | undefined {
  return byName.get(name);
}

/** The zones that EKS accepts. Zones go by id: their letters differ from account to account. */
export function usableZoneIds(region: Region): string[] {
  return region.zoneIds.filter((zone) => !region.avoidZoneIds.includes(zone));
}
