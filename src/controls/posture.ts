/** What a repository claims before anything is checked: the Controls that its answers promise. `audit` proves them. */
import type { Blueprint } from "../blueprint/types.ts";
import type { Config } from "../options/config.ts";
import { type Claim, givenUp, whyNotApplicable } from "./applies.ts";
import { claims } from "./claims.generated.js";
import { AREAS, type Area } from "./control.ts";
import { cisEks } from "./frameworks/cis-eks.ts";
import { escapeMarkdown, type Markdown } from "./markdown.ts";

export type ClaimStatus = "met" | "exception" | "not applicable" | "provider's duty" | "manual";

/** A claim with what the answers make of it. */
export interface Posture {
  claim: Claim;
  status: ClaimStatus;
  /** Why, where it is not met. */
  reason?: string;
}

/** Every Control with what the answers make of it. */
export function postureOf(config: Config, blueprint: Blueprint): Posture[] {
  return claims.map((claim) => {
    if (claim.duty !== undefined) return { claim, status: "provider's duty", reason: claim.duty };
    if (claim.look !== undefined) return { claim, status: "manual", reason: claim.look };
    const reason = whyNotApplicable(claim, config, blueprint.features);
    if (reason !== undefined) return { claim, status: "not applicable", reason };
    const written = config.exceptions?.[claim.id];
    if (written !== undefined)
      return {
        claim,
        status: "exception",
        reason: `${written.reason}; ${written.owner}, until ${written.expires}`,
      };
    const given = [...givenUp(claim, blueprint.exceptions).values()];
    return given.length === 0
      ? { claim, status: "met" }
      : { claim, status: "exception", reason: given.map(({ what }) => what).join("; ") };
  });
}

const areaOf = ({ id }: Claim): Area => id.slice(0, id.indexOf(".")) as Area;

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
  /** A section for each Control. */
  areas: { heading: string; text: Markdown }[];
  /** Statuses by area, and the answers to CIS EKS. */
  overview: Table;
  cisEks: Table;
}

interface Table {
  header: string[];
  rows: string[][];
}

/** The same for templates. */
export function postureDocument(posture: readonly Posture[]): PostureDocument {
  const withStatus = (status: ClaimStatus, among = posture): Posture[] =>
    among.filter((each) => each.status === status);
  const areas = AREAS.map((area) => ({
    area,
    own: posture.filter(({ claim }) => areaOf(claim) === area),
  }));
  return {
    met: withStatus("met").length,
    exceptions: withStatus("exception").length,
    areas: areas.map(({ area, own }) => ({
      heading: HEADINGS[area],
      text: { markdown: own.map(section).join("\n\n") },
    })),
    overview: {
      header: ["Area", ...COUNTED],
      rows: areas.map(({ area, own }) => [
        HEADINGS[area],
        ...COUNTED.map((status) => String(withStatus(status, own).length)),
      ]),
    },
    cisEks: {
      header: ["Id", "Recommendation", "Answer", "Controls"],
      rows: cisEks.map(({ id, title }) => {
        const own = posture.filter(({ claim }) => claim.cisEks?.includes(id));
        const answer = ORDER.find((status) => own.some((each) => each.status === status));
        return [id, title, answer ?? "manual", own.map(({ claim }) => claim.id).join(", ")];
      }),
    },
  };
}

/** What a reader is told of one Control. */
function section({ claim, status, reason }: Posture): string {
  const because = reason === undefined ? "" : `. ${escapeMarkdown(reason)}`;
  return `### ${claim.heading ?? claim.title}\n\n\`${claim.id}\`, ${claim.severity}: ${status}${because}\n\n${claim.body}`;
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
