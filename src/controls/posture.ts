/** What a repository claims before anything is checked: the Controls that its answers promise. `audit` proves them. */
import type { Blueprint } from "../blueprint/types.ts";
import type { Config } from "../options/config.ts";
import { givenUp, whyNotApplicable } from "./applies.ts";
import { controls } from "./catalogue.ts";
import { AREAS, type Area, areaOf, type Control, isChecked } from "./control.ts";
import { cisEks } from "./frameworks/cis-eks.ts";

export type ClaimStatus = "met" | "exception" | "not applicable" | "provider's duty" | "manual";

export interface Claim {
  control: Control;
  status: ClaimStatus;
  /** Why, where it is not met. */
  reason?: string;
}

/** Every Control with what the answers make of it. */
export function postureOf(config: Config, blueprint: Blueprint): Claim[] {
  return controls.map((control) => {
    if ("duty" in control) return { control, status: "provider's duty", reason: control.duty };
    if ("look" in control) return { control, status: "manual", reason: control.look };
    if (!isChecked(control)) throw new TypeError("a Control without an answer");
    const reason = whyNotApplicable(control, config, blueprint.features);
    if (reason !== undefined) return { control, status: "not applicable", reason };
    const written = config.exceptions?.[control.id];
    if (written !== undefined)
      return {
        control,
        status: "exception",
        reason: `${written.reason}; ${written.owner}, until ${written.expires}`,
      };
    const given = [...givenUp(control, blueprint.exceptions).values()];
    return given.length === 0
      ? { control, status: "met" }
      : { control, status: "exception", reason: given.map(({ what }) => what).join("; ") };
  });
}

/** The claims of one area. */
export const claimsIn = (claims: readonly Claim[], area: Area): Claim[] =>
  claims.filter(({ control }) => areaOf(control) === area);

/** Title of an area for a heading. */
const HEADINGS: Record<Area, string> = {
  "control-plane": "Control plane",
  network: "Network",
  identity: "Identity",
  keys: "Keys",
  nodes: "Nodes",
  workloads: "Workloads",
  detection: "Detection",
  "supply-chain": "Supply chain",
  pipelines: "Pipelines",
  operations: "Operations",
};

/** The posture as documents tell it. */
export interface PostureDocument {
  met: number;
  exceptions: number;
  /** What would hurt most, and holds. */
  critical: { title: string }[];
  areas: {
    heading: string;
    met: number;
    claims: {
      id: string;
      title: string;
      severity: string;
      status: string;
      why: string;
      reason?: string;
      frameworks: string;
    }[];
  }[];
  /** Statuses by area, and the answers to CIS EKS. */
  overview: Table;
  cisEks: Table;
}

interface Table {
  header: string[];
  rows: string[][];
}

/** The same for templates. */
export function postureDocument(claims: readonly Claim[]): PostureDocument {
  const count = (status: ClaimStatus): number =>
    claims.filter((claim) => claim.status === status).length;
  return {
    met: count("met"),
    exceptions: count("exception"),
    critical: claims
      .filter(({ control, status }) => status === "met" && control.severity === "critical")
      .map(({ control }) => ({ title: control.title })),
    areas: AREAS.map((area) => {
      const own = claimsIn(claims, area);
      return {
        heading: HEADINGS[area],
        met: own.filter(({ status }) => status === "met").length,
        claims: own.map(({ control, status, reason }) => ({
          id: control.id,
          title: control.title,
          severity: control.severity,
          status,
          why: control.why,
          ...(reason === undefined ? {} : { reason }),
          frameworks: frameworksOf(control),
        })),
      };
    }).filter((area) => area.claims.length > 0),
    overview: {
      header: ["Area", ...COUNTED],
      rows: AREAS.map((area) => [
        HEADINGS[area],
        ...COUNTED.map((status) =>
          String(claimsIn(claims, area).filter((claim) => claim.status === status).length),
        ),
      ]),
    },
    cisEks: {
      header: ["Id", "Recommendation", "Answer", "Controls"],
      rows: cisEks.map(({ id, title }) => {
        const own = claims.filter(({ control }) => control.mapping.cisEks?.includes(id));
        const answer = ORDER.find((status) => own.some((claim) => claim.status === status));
        return [id, title, answer ?? "manual", own.map(({ control }) => control.id).join(", ")];
      }),
    },
  };
}

const COUNTED: readonly ClaimStatus[] = [
  "met",
  "exception",
  "not applicable",
  "provider's duty",
  "manual",
];

/** What decides an answer. */
const ORDER: readonly ClaimStatus[] = [
  "exception",
  "met",
  "provider's duty",
  "manual",
  "not applicable",
];

function frameworksOf({ mapping }: Control): string {
  return [
    ...(mapping.cisEks ?? []).map((id) => `CIS EKS ${id}`),
    ...(mapping.securityHub ?? []),
    ...(mapping.nsaCisa ?? []).map((chapter) => `NSA/CISA: ${chapter}`),
    ...(mapping.checkov ?? []),
    ...(mapping.trivy ?? []),
  ].join(", ");
}
