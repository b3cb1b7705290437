/** Alarms: an EventBridge rule, a target, and the topic that it writes to. */

import { type Data, data, isData } from "./kubernetes.ts";
import { standsFor } from "./link.ts";
import { ofType, type Probe } from "./probe.ts";
import { refersTo } from "./require.ts";
import type { TerraformRoot } from "./subject.ts";
import {
  blocksOf,
  isObject,
  Json,
  Reference,
  type Resource,
  Text,
  textOf,
  Unknown,
  type Value,
} from "./value.ts";

/** EventBridge tries 185 times within a day. */
const LEAST_RETRIES = 3;

/** What the alarm has to be. */
export interface Alarm {
  /** For messages: `break-glass`. */
  name: string;
  /** `aws.guardduty`; rules for another source are other alarms. */
  source: string;
  /** What is wrong with the pattern, or nothing. */
  wrong(pattern: Data): string | undefined;
  /** Without it any state but DISABLED. */
  state?: string;
}

/** Notes what keeps an alarm of an account from reaching a topic; one rule that is in order is enough. */
export function expectAlarm(probe: Probe, root: TerraformRoot, alarm: Alarm): void {
  const rules = ofType(root, "aws_cloudwatch_event_rule").filter((rule) =>
    listOf(patternOf(rule)?.source).includes(alarm.source),
  );
  const problems = rules.map((rule) => problemOf(root, rule, alarm));
  if (problems.includes(undefined)) {
    probe.checked += 1;
    return;
  }
  if (rules.length === 0)
    probe.wrong(
      root.place,
      `${root.path} has no event rule for ${alarm.source}: the ${alarm.name} alarm is missing`,
      root.path,
    );
  for (const problem of problems)
    if (problem !== undefined)
      probe.wrong(problem.resource.placeOf(problem.argument), problem.message, root.path);
}

interface Problem {
  resource: Resource;
  argument: string;
  message: string;
}

function problemOf(root: TerraformRoot, rule: Resource, alarm: Alarm): Problem | undefined {
  const at = (resource: Resource, argument: string, message: string): Problem => ({
    resource,
    argument,
    message: `${resource.address}: ${message}`,
  });
  const wrong = alarm.wrong(patternOf(rule) ?? {});
  if (wrong !== undefined) return at(rule, "event_pattern", wrong);
  const state = textOf(rule.get("state")) ?? "ENABLED";
  if (alarm.state === undefined ? !/^ENABLED/.test(state) : state !== alarm.state)
    return at(rule, "state", `state is ${state}, it must be ${alarm.state ?? "ENABLED"}`);
  const enabled = rule.get("is_enabled");
  if (enabled !== undefined && enabled !== null && enabled !== true)
    return at(rule, "is_enabled", "the rule is not enabled");
  if (rule.maybe !== undefined)
    return at(rule, "count", `whether it exists is not known (${rule.maybe.name})`);
  const targets = ofType(root, "aws_cloudwatch_event_target").filter((target) =>
    standsFor(target.get("rule"), rule),
  );
  const [target] = targets;
  if (target === undefined) return at(rule, "name", "no target: nobody hears of it");
  const otherBus = [rule, target].find(
    (each) => !["default", undefined].includes(textOf(each.get("event_bus_name"))),
  );
  if (otherBus !== undefined)
    return at(otherBus, "event_bus_name", "events of AWS arrive on the default bus only");
  const elsewhere = targets.find(
    (each) => !(textOf(each.get("arn")) ?? "").startsWith("${") && each.get("arn") !== undefined,
  );
  if (elsewhere !== undefined)
    return at(
      elsewhere,
      "arn",
      "it sends the events to something that this repository does not make",
    );
  const hasty = targets.find((each) =>
    blocksOf(each.get("retry_policy")).some(
      (block) => Number(block.maximum_retry_attempts ?? 185) < LEAST_RETRIES,
    ),
  );
  if (hasty !== undefined)
    return at(hasty, "retry_policy", "one hiccup of the topic loses the event");
  const silent = targets.find((each) => saysNothing(each));
  if (silent !== undefined)
    return at(silent, "input_transformer", "its message holds nothing of the event");
  const toTopic = targets.some(
    (each) => each.maybe === undefined && refersTo("aws_sns_topic").test(each.get("arn")) === true,
  );
  return toTopic ? undefined : at(target, "arn", "no target is an SNS topic of this repository");
}

/** Whether a message is the same whatever happened. */
function saysNothing(target: Resource): boolean {
  const input = target.get("input");
  if (input !== undefined && input !== null) return true;
  return blocksOf(target.get("input_transformer")).some(
    (block) => !/<[\w.-]+>/.test(textOf(block.input_template) ?? ""),
  );
}

/** The pattern of a rule as plain data, parts that are not known as `${…}`. */
const patternOf = (rule: Resource): Data | undefined => {
  const value = rule.get("event_pattern");
  const plain = plainOf(value instanceof Json ? value.value : value);
  if (isData(plain)) return plain;
  try {
    return data(JSON.parse(String(plain)));
  } catch {
    return undefined;
  }
};

function plainOf(value: Value | undefined): unknown {
  if (value instanceof Unknown || value instanceof Text || value instanceof Reference)
    return value.toString();
  if (value instanceof Json) return plainOf(value.value);
  if (Array.isArray(value)) return value.map(plainOf);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainOf(each)]));
  return value;
}

/** Values of a field of a pattern; matchers such as `{ "prefix": … }` as they are. */
export const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/**
 * What makes a pattern miss events: a field that must not be there, or values that are not all named. A field that is
 * absent matches everything.
 */
export function missed(
  pattern: Data,
  wanted: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  for (const [field, values] of Object.entries(pattern)) {
    const names = wanted[field];
    if (names === undefined) return `the pattern also asks for ${field}, which other events lack`;
    const missing = names.filter((name) => !listOf(values).includes(name));
    if (missing.length > 0) return `the pattern's ${field} lacks ${missing.join(", ")}`;
  }
  return undefined;
}
