import data from "./data/kubernetes-versions.json" with { type: "json" };

export interface KubernetesVersion {
  version: string;
  /** ISO dates. */
  released: string;
  /** First day without standard support. */
  endOfStandard: string;
  /** First day without any support: EKS upgrades the control plane by force. */
  endOfExtended: string;
}

export type SupportStatus = "standard" | "extended" | "unsupported" | "unknown";

/** Versions that EKS has offered, newest first. */
export const kubernetesVersions: readonly KubernetesVersion[] = data.versions;

/** The day that the list was true on, as an ISO date. */
export const kubernetesAsOf: string = data.asOf;

/** One behind the newest: the policy engines and scanners of the platform are tested on it. */
export const DEFAULT_KUBERNETES = "1.35";

/** The facts about a version, if the catalog has them. */
export function findKubernetesVersion(version: string): KubernetesVersion | undefined {
  return kubernetesVersions.find((entry) => entry.version === version);
}

/**
 * How EKS supports a version on a day.
 *
 * @param today ISO date (`2026-11-24`); a time behind it is ignored
 * @returns `unknown` for a version that the catalog does not list, which may be newer than the catalog
 */
export function supportStatus(version: string, today: string): SupportStatus {
  const day = today.slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError(`${today} is not an ISO date`);
  const facts = findKubernetesVersion(version);
  if (facts === undefined) return "unknown";
  // ISO dates compare as text.
  if (day < facts.endOfStandard) return "standard";
  return day < facts.endOfExtended ? "extended" : "unsupported";
}
