/** What `check` finds: drift, answers that are not applied, a version or an update that wants attention. */
import { kubernetesAsOf, supportStatus } from "../../catalog/index.ts";
import { findKubernetesVersion } from "../../catalog/kubernetes.ts";
import { type Drift, driftOf, isOurs } from "../../lifecycle/drift.ts";
import { configDigest } from "../../lifecycle/lock.ts";
import { ANSWERS, LOCK } from "../../lifecycle/paths.ts";
import { toMergeTree } from "../../lifecycle/render.ts";
import type { State } from "../../lifecycle/state.ts";
import type { Target, Unfinished } from "../../lifecycle/update.ts";

/** Something to know; errors and warnings make `check` end with 3. */
export interface CheckFinding {
  rule: string;
  level: "error" | "warning" | "note";
  path: string;
  message: string;
  mend: string;
}

/** Rules with what they ask for. */
export const RULES: Readonly<Record<string, string>> = {
  "update.cut-off": "No update was cut off while it wrote",
  "update.open": "No update has open conflicts",
  "update.unfinished": "A resolved update is recorded in the lock",
  "answers.invalid": "The answers hold together",
  "answers.not-applied": "The repository is rendered from the answers that it holds",
  "version.older": "The repository was rendered by this version",
  "version.newer": "This is the newest version",
  "file.modified": "A file that is ours is as it was rendered",
  "file.missing": "A file that is ours is there",
  "file.replaced": "A path of ours is a file",
  "file.extra": "What no render has any more is gone",
  "file.edited": "Files of both: merged at each update",
  "kubernetes.unsupported": "The Kubernetes version is supported",
  "kubernetes.extended": "The Kubernetes version is in standard support",
  "kubernetes.ends": "Standard support does not end soon",
};

const DAY_MS = 86_400_000;
const SOON_DAYS = 90;

/** Findings about an update that is not finished. */
export function unfinishedFindings(left: Unfinished | undefined): CheckFinding[] {
  if (left === undefined) return [];
  if (left.kind === "cut-off")
    return [
      {
        rule: "update.cut-off",
        level: "error",
        path: LOCK,
        message: `an update was cut off: ${left.title}`,
        mend: "run upgrade to finish it, or upgrade --abort to undo it",
      },
    ];
  if (left.kind === "open")
    return left.conflicts.map((path) => ({
      rule: "update.open",
      level: "error" as const,
      path,
      message: `the update to ${left.version} has a conflict here: ${left.toDo[path]}`,
      mend: "do that, then run upgrade; or upgrade --abort",
    }));
  return [
    {
      rule: "update.unfinished",
      level: "error",
      path: LOCK,
      message: `the update to ${left.version} is resolved, and the lock does not say so yet`,
      mend: "run upgrade",
    },
  ];
}

/** Findings about the Kubernetes version, as of the catalog. */
export function kubernetesFindings(
  version: string,
  accepted: boolean,
  today: string,
): CheckFinding[] {
  const status = supportStatus(version, today);
  const facts = findKubernetesVersion(version);
  const common = { path: ANSWERS, mend: "set kubernetes to the next minor version" };
  if (status === "unsupported")
    return [
      {
        ...common,
        rule: "kubernetes.unsupported",
        level: "error",
        message: `EKS ended all support of ${version} on ${facts?.endOfExtended}`,
      },
    ];
  if (status === "extended")
    return [
      {
        ...common,
        rule: "kubernetes.extended",
        level: accepted ? "note" : "warning",
        message: `${version} has been in extended support since ${facts?.endOfStandard}, at a higher price (as of ${kubernetesAsOf})`,
      },
    ];
  if (facts === undefined) return [];
  const days = Math.round((Date.parse(facts.endOfStandard) - Date.parse(today)) / DAY_MS);
  return days > SOON_DAYS
    ? []
    : [
        {
          ...common,
          rule: "kubernetes.ends",
          level: "note",
          message: `standard support of ${version} ends in ${days} days, on ${facts.endOfStandard}`,
        },
      ];
}

const WORDS: Record<Drift["kind"], string> = {
  modified: "differs from its render",
  missing: "is gone",
  replaced: "is no file any more",
  extra: "is of an older render, and no render has it any more",
};

function driftFinding({ path, owner, kind }: Drift): CheckFinding {
  if (kind === "extra")
    return {
      rule: "file.extra",
      level: "note",
      path,
      message: WORDS.extra,
      mend: "delete it if you do not need it",
    };
  if (isOurs(owner))
    return {
      rule: `file.${kind}`,
      level: "error",
      path,
      message: WORDS[kind],
      mend: `run check --fix ${path}`,
    };
  return {
    rule: "file.edited",
    level: "note",
    path,
    message: `${WORDS[kind]}: your edit is kept by every update`,
    mend: `nothing to do; check --fix ${path} brings the render back`,
  };
}

/** Everything that is to say of a repository whose state can be read. */
export function findingsOf(directory: string, state: State, target: Target): CheckFinding[] {
  const { lock, base } = state;
  const isCurrent =
    lock.version === target.maker.version && lock.templates === target.maker.templates;
  const isApplied = lock.config === configDigest(target.config);
  const found: CheckFinding[] = [];
  if (!isCurrent)
    found.push({
      rule: "version.older",
      level: "note",
      path: LOCK,
      message:
        lock.version === target.maker.version
          ? "other templates of the same version rendered it"
          : `it was rendered by ${lock.version}, and this is ${target.maker.version}`,
      mend: "run upgrade",
    });
  else if (!isApplied)
    found.push({
      rule: "answers.not-applied",
      level: "error",
      path: ANSWERS,
      message: "its answers are not those that the repository was rendered from",
      mend: "run upgrade",
    });
  // An older render is compared with itself: what the new version changes is no drift.
  const render = isCurrent && isApplied ? toMergeTree(target.tree) : base;
  return [...found, ...driftOf(directory, render, base).map(driftFinding)];
}
