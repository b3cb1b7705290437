import type { Confidence } from "./confidence.ts";
import pinsData from "./data/addon-pins.json" with { type: "json" };
import factsData from "./data/addons.json" with { type: "json" };
import type { Partition } from "./regions.ts";

export interface AddonPin {
  name: string;
  version: string;
  kubernetes: string;
  /** Where the version was seen for this Kubernetes minor. */
  source: string;
  /** Day of the sighting; the year alone where it bears no date. */
  asOf: string;
  confidence: Confidence;
}

export interface AddonFacts {
  name: string;
  owner: "aws" | "community";
  /** AWS managed policies by path, without the ARN's head; empty where none is needed or none is narrow enough. */
  managedPolicies: string[];
  /** Service account that carries the role. */
  serviceAccount?: string;
  namespace: string;
  partitions: Partition[];
}

/** Every known EKS add-on, sorted. */
export const addonNames: readonly string[] = factsData.addons.map(({ name }) => name);

const factsByName = new Map(
  factsData.addons.map((entry) => [entry.name, { ...entry } as AddonFacts]),
);
const pinsByKey = new Map(
  pinsData.pins.map((pin) => [`${pin.name}@${pin.kubernetes}`, { ...pin } as AddonPin]),
);

/** The facts about an EKS add-on, if the catalog has them. */
export function findAddon(name: string): AddonFacts | undefined {
  return factsByName.get(name);
}

/** The add-on version observed for a Kubernetes minor; nothing where none was observed: versions are never guessed. */
export function addonPin(name: string, kubernetes: string): AddonPin | undefined {
  return pinsByKey.get(`${name}@${kubernetes}`);
}
