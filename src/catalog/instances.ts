import reachData from "./data/instance-reach.json" with { type: "json" };
import data from "./data/instance-types.json" with { type: "json" };

export type Architecture = "x86_64" | "arm64";

export interface InstanceType {
  name: string;
  vcpu: number;
  memoryGiB: number;
  arch: Architecture;
  /** Pods that get an address without prefix delegation: (network interfaces × (addresses − 1)) + 2. */
  maxPods: number;
}

export type SizingProfile = "general" | "compute" | "memory" | "burstable";
export type SizingSize = "large" | "xlarge" | "2xlarge" | "4xlarge";

export interface SizingQuestion {
  profile: SizingProfile;
  size: SizingSize;
  arch: "x86" | "arm";
  capacity: "on-demand" | "spot";
  /** Leaves out families that the region is known not to have. */
  region?: string;
}

const types = new Map(data.types.map((entry) => [entry.name, entry]));

/** Every EC2 type of the catalog, sorted. */
export const instanceTypeNames: readonly string[] = [...types.keys()];

/** The facts about an EC2 type, if the catalog has them. */
export function findInstanceType(name: string): InstanceType | undefined {
  const found = types.get(name);
  if (found === undefined) return undefined;
  const { vcpu, memoryGiB, arch, maxPods } = found;
  return { name, vcpu, memoryGiB, arch: arch as Architecture, maxPods };
}

/** Linux on-demand price in us-east-1, US dollars an hour. */
export function onDemandPrice(type: string): number | undefined {
  return types.get(type)?.usdPerHour;
}

const reach = new Map(
  reachData.regions.map(({ region, complete, families }) => [
    region,
    { complete, offered: new Set(families) },
  ]),
);

const familyOf = (type: string): string => type.slice(0, type.indexOf("."));

/**
 * Whether EC2 offers a type in a region, on the day of the record (`data/instance-reach.json`).
 * `no` needs a complete list of the region; types that AWS has added since are the price of an early answer.
 */
export function instanceTypeInRegion(type: string, region: string): "yes" | "no" | "unknown" {
  const record = reach.get(region);
  if (record === undefined || !types.has(type)) return "unknown";
  if (record.offered.has(familyOf(type)) || record.offered.has(type)) return "yes";
  return record.complete ? "no" : "unknown";
}

/**
 * Families of one shape (vCPU and memory of a size are equal), the preferred first. Widely offered generations stand
 * before the newest. One Graviton family is burstable, so Spot borrows its shape from the general ones.
 */
const families: Record<SizingProfile, Record<SizingQuestion["arch"], readonly string[]>> = {
  general: { x86: ["m7i", "m6i", "m7a", "m6a", "m7i-flex", "m5"], arm: ["m7g", "m6g", "m8g"] },
  compute: { x86: ["c7i", "c6i", "c7a", "c7i-flex", "c8i"], arm: ["c7g", "c6g", "c8g"] },
  memory: { x86: ["r7i", "r6i", "r7a", "r8i"], arm: ["r7g", "r6g", "r8g"] },
  burstable: { x86: ["t3", "t3a", "m7i-flex", "m6i", "m5"], arm: ["t4g", "m7g", "m6g"] },
};

const sizes: Record<SizingProfile, readonly SizingSize[]> = {
  general: ["large", "xlarge", "2xlarge", "4xlarge"],
  compute: ["large", "xlarge", "2xlarge", "4xlarge"],
  memory: ["large", "xlarge", "2xlarge", "4xlarge"],
  burstable: ["large", "xlarge", "2xlarge"],
};

/** Spot pools that a node group draws from: fewer are reclaimed together. */
const SPOT_TYPES = 3;

/** The sizes that a profile has. Throws `RangeError` for an unknown profile. */
export function sizesOf(profile: string): SizingSize[] {
  if (!Object.hasOwn(sizes, profile)) throw new RangeError(`no node profile ${profile}`);
  return [...sizes[profile as SizingProfile]];
}

/**
 * EC2 types for a profile and size: one on demand, three for Spot (where a region is told and has fewer, all it has).
 * Throws `RangeError` for a size that the profile does not have.
 */
export function sizing(question: SizingQuestion): string[] {
  const { profile, size, arch, capacity, region } = question;
  if (!sizesOf(profile).includes(size))
    throw new RangeError(`no ${size} in the ${profile} profile`);
  const all = families[profile][arch].map((family) => `${family}.${size}`);
  const offered =
    region === undefined ? all : all.filter((type) => instanceTypeInRegion(type, region) !== "no");
  // A region that lacks every family is one whose record is out of date: AWS will say so at apply.
  return (offered.length > 0 ? offered : all).slice(0, capacity === "spot" ? SPOT_TYPES : 1);
}
