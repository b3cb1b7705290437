/** Runs the Controls over a subject. */

import type { Exception } from "../../blueprint/types.ts";
import { givenUp, whyNotApplicable } from "../../controls/applies.ts";
import type { CheckedControl, Control } from "../../controls/control.ts";
import { isChecked } from "../../controls/control.ts";
import { blueprintOf } from "../../controls/evidence/once.ts";
import { type Observation, Probe } from "../../controls/evidence/probe.ts";
import type { Subject } from "../../controls/evidence/subject.ts";

export type Status =
  | "met"
  | "not met"
  | "exception"
  | "not applicable"
  | "provider's duty"
  | "manual";

/** Why a Control that is not met is accepted for now. */
export interface Waiver {
  reason: string;
  owner: string;
  /** ISO date; absent where an answer in hardened-eks.yaml is the exception. */
  expires?: string;
}

export interface ControlResult {
  control: Control;
  status: Status;
  /** Why, where the status alone does not say it. */
  reason?: string;
  /** What is wrong or unresolved. */
  observations: Observation[];
  waiver?: Waiver;
  /** How many things the Evidence looked at. */
  checked: number;
}

/** Runs each Control. `today` is an ISO date: exceptions end. */
export function runControls(
  subject: Subject,
  controls: readonly Control[],
  today: string,
): ControlResult[] {
  const facts: Facts = { today, features: [], exceptions: [] };
  if (subject.config !== undefined) {
    const blueprint = blueprintOf(subject.config);
    facts.features = blueprint.features;
    facts.exceptions = blueprint.exceptions;
  }
  return controls.map((control) => result(control, subject, facts));
}

interface Facts {
  today: string;
  features: readonly string[];
  exceptions: readonly Exception[];
}

function result(control: Control, subject: Subject, facts: Facts): ControlResult {
  const settled = (status: Status, reason: string): ControlResult => ({
    control,
    status,
    reason,
    observations: [],
    checked: 0,
  });
  if ("duty" in control) return settled("provider's duty", control.duty);
  if ("look" in control) return settled("manual", control.look);
  if (!isChecked(control)) throw new TypeError("a Control without an answer");
  const { config } = subject;
  const inapplicable =
    config === undefined ? undefined : whyNotApplicable(control, config, facts.features);
  if (inapplicable !== undefined) return settled("not applicable", inapplicable);

  const evidence = control.evidence.filter(
    ({ on }) => subject.from === "repository" || on === "terraform",
  );
  if (evidence.length === 0) return settled("not applicable", "a plan does not show it");
  const probe = new Probe();
  let blind = false;
  for (const each of evidence) {
    const before = probe.checked;
    each.check(subject, probe);
    blind ||= probe.checked === before;
  }
  if (subject.from === "plan" && probe.checked === 0)
    return settled("not applicable", "the plan has nothing of it");
  // What looked at nothing has proven nothing.
  if (blind && subject.from === "repository" && probe.observations.length === 0)
    probe.wrong({ file: ".", line: 1 }, "Nothing was found that could be checked");
  const { observations, checked } = probe;
  // A plan leaves open what AWS will give; that is no finding, and no proof.
  if (
    subject.from === "plan" &&
    observations.length > 0 &&
    observations.every(({ kind }) => kind === "unresolved")
  )
    return {
      control,
      status: "manual",
      reason: "the plan does not tell before the apply",
      observations,
      checked,
    };
  if (observations.length === 0) return { control, status: "met", observations, checked };
  return excepted({ control, status: "not met", observations, checked }, subject, facts);
}

/** The same day of the next year: whoever accepts something looks at it again by then. */
const latestOf = (today: string): string => `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;

function excepted(result: ControlResult, subject: Subject, facts: Facts): ControlResult {
  const control = result.control as CheckedControl;
  const written = subject.config?.exceptions?.[control.id];
  if (written !== undefined) {
    const waiver = { reason: written.reason, owner: written.owner, expires: written.expires };
    const reason =
      written.expires < facts.today
        ? `the exception of ${written.owner} ended on ${written.expires}`
        : written.expires > latestOf(facts.today)
          ? `the exception of ${written.owner} is to hold until ${written.expires}: a year is the longest, ${latestOf(facts.today)}`
          : undefined;
    return reason === undefined
      ? { ...result, status: "exception", waiver }
      : { ...result, reason, waiver };
  }
  // An answer that gives something up is an exception where it was given, and nowhere else.
  const given = givenUp(control, facts.exceptions);
  const covering = result.observations.map(
    ({ scope, place }) =>
      given.get("") ??
      [...given].find(
        ([name]) => scope?.split("/").includes(name) || place.file.split("/").includes(name),
      )?.[1],
  );
  const [first] = covering;
  if (first === undefined || covering.includes(undefined)) return result;
  return {
    ...result,
    status: "exception",
    waiver: {
      reason: `${first.what} (${first.why})`,
      owner: subject.config?.contact ?? "whoever answered hardened-eks.yaml",
    },
  };
}
