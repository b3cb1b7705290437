/** The language that value rules are written in. */
import type { ProviderMajor } from "../types.ts";

/** A value that is not known before apply; no rule ever complains about it. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A configuration value as terraform hands it over. */
export type Value = string | number | boolean | null | typeof UNKNOWN | Value[] | ValueMap;
export interface ValueMap {
  [name: string]: Value;
}

/** An attribute name, or the index of a list element. */
export type Step = string | number;

/** What is wrong, and how to mend it. */
export interface Complaint {
  summary: string;
  detail: string;
  severity?: "error" | "warning";
}

export interface Problem extends Complaint {
  path: Step[];
}

/** Looks at one known scalar. */
export type Test = (
  value: string | number | boolean,
  major: ProviderMajor,
) => Complaint | undefined;

/** Looks at a whole block; `at` leads to it. */
export type BlockTest = (
  block: ValueMap,
  report: (path: Step[], complaint: Complaint) => void,
  major: ProviderMajor,
) => void;

/** The rules of one resource or data source. Names are paths; a `*` after a name marks a set. */
export interface TypeRules {
  values?: Record<string, Test>;
  /** Of these, no two may be set. */
  conflicts?: readonly (readonly string[])[];
  /** Of these, one must be set, and no more. */
  exactlyOne?: readonly (readonly string[])[];
  /** Of these, one must be set at least. */
  atLeastOne?: readonly (readonly string[])[];
  /** Tests of the blocks at a path; the empty path is the resource itself. */
  blocks?: Record<string, BlockTest>;
}

export type Rules = Record<string, TypeRules>;

/** A value that is there: known, and neither null nor empty. */
export const isSet = (value: Value | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  value !== UNKNOWN &&
  value !== "" &&
  !(Array.isArray(value) && value.length === 0);

const isMap = (value: Value | undefined): value is ValueMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All problems of one configuration. */
export function applyRules(rules: TypeRules, config: Value, major: ProviderMajor): Problem[] {
  const problems: Problem[] = [];
  if (!isMap(config)) return problems;
  for (const [path, test] of Object.entries(rules.values ?? {}))
    visit(config, path.split("."), [], true, (value, at) => {
      if (value === null || value === UNKNOWN || typeof value === "object") return;
      const complaint = test(value, major);
      if (complaint !== undefined) problems.push({ path: at, ...complaint });
    });
  for (const [path, test] of Object.entries(rules.blocks ?? {}))
    visit(config, path === "" ? [] : path.split("."), [], false, (value, at) => {
      if (isMap(value))
        test(
          value,
          (inner, complaint) => problems.push({ path: [...at, ...inner], ...complaint }),
          major,
        );
    });
  problems.push(...combinations(rules, config));
  return problems;
}

function combinations(rules: TypeRules, config: ValueMap): Problem[] {
  const problems: Problem[] = [];
  const named = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  for (const names of [...(rules.conflicts ?? []), ...(rules.exactlyOne ?? [])]) {
    const set = names.filter((name) => isSet(config[name]));
    if (set.length > 1)
      problems.push({
        path: [set[1] as string],
        summary: "Conflicting arguments",
        detail: `${named(set)} cannot be given together. Keep one of them.`,
      });
  }
  for (const names of [...(rules.exactlyOne ?? []), ...(rules.atLeastOne ?? [])])
    if (names.every((name) => config[name] !== UNKNOWN && !isSet(config[name])))
      problems.push({
        path: [],
        summary: "Missing argument",
        detail: `One of ${named(names)} must be given.`,
      });
  return problems;
}

/** Calls back for each value at a path; elements of lists and sets one by one, scalars of maps too. */
function visit(
  value: Value | undefined,
  path: readonly string[],
  at: Step[],
  scalars: boolean,
  found: (value: Value, at: Step[]) => void,
  isSet = false,
): void {
  if (value === undefined || value === null || value === UNKNOWN) return;
  if (Array.isArray(value)) {
    // An element of a set has no index, so the path ends at the set.
    value.forEach((each, index) => {
      visit(each, path, isSet ? at : [...at, index], scalars, found, false);
    });
    return;
  }
  const [head, ...rest] = path;
  if (head === undefined) {
    if (scalars && isMap(value))
      for (const [key, each] of Object.entries(value)) found(each, [...at, key]);
    else found(value, at);
    return;
  }
  if (!isMap(value)) return;
  const name = head.replace(/\*$/, "");
  visit(value[name], rest, [...at, name], scalars, found, head.endsWith("*"));
}

const quote = (value: string | number | boolean): string => JSON.stringify(value);
const shown = (value: string | number | boolean): string => {
  const text = quote(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
};

/** One of a list of values. `what` names it, with its article: "a log type". */
export const oneOf =
  (what: string, values: readonly string[] | ((major: ProviderMajor) => readonly string[])): Test =>
  (value, major) => {
    const allowed = typeof values === "function" ? values(major) : values;
    if (allowed.includes(String(value))) return undefined;
    const near = allowed.find((each) => each.toLowerCase() === String(value).toLowerCase());
    return {
      summary: `${shown(value)} is not ${what}`,
      detail: `${near === undefined ? "" : `Did you mean "${near}"? `}Use one of: ${allowed.join(", ")}.`,
    };
  };

/** A whole number in a range. */
export const between =
  (what: string, min: number, max: number): Test =>
  (value) =>
    Number.isInteger(Number(value)) && Number(value) >= min && Number(value) <= max
      ? undefined
      : {
          summary: `${shown(value)} is not ${what}`,
          detail: `Give a whole number from ${min} to ${max}.`,
        };

/** One of a list of numbers. */
export const oneOfNumbers =
  (what: string, values: readonly number[]): Test =>
  (value) =>
    values.includes(Number(value))
      ? undefined
      : { summary: `${shown(value)} is not ${what}`, detail: `Use one of: ${values.join(", ")}.` };

/** A text of a form. `form` says it in words. */
export const matches =
  (what: string, pattern: RegExp, form: string): Test =>
  (value) =>
    pattern.test(String(value))
      ? undefined
      : { summary: `${shown(value)} is not ${what}`, detail: form };

/** All of these; the first complaint counts. */
export const all =
  (...tests: Test[]): Test =>
  (value, major) => {
    for (const test of tests) {
      const complaint = test(value, major);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  };

/** Any of these; the complaint of the last counts. */
export const either =
  (...tests: Test[]): Test =>
  (value, major) => {
    let complaint: Complaint | undefined;
    for (const test of tests) {
      complaint = test(value, major);
      if (complaint === undefined) return undefined;
    }
    return complaint;
  };

const ARN =
  /^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|aws-managed|third-party|cw\d{10}|)?:(.+)$/;

/** An ARN, of a service where one is named. `resource` is the form of its last part. */
export const arn =
  (what: string, service?: string, resource?: RegExp): Test =>
  (value) => {
    const parts = ARN.exec(String(value));
    if (parts === null)
      return {
        summary: `${shown(value)} is not an ARN`,
        detail: `${what} is given as arn:<partition>:${service ?? "<service>"}:<region>:<account>:<resource>.`,
      };
    if (service !== undefined && parts[2] !== service)
      return {
        summary: `${shown(value)} is not the ARN of ${what}`,
        detail: `It names the service "${parts[2]}", where "${service}" is needed.`,
      };
    if (resource !== undefined && !resource.test(parts[5] as string))
      return {
        summary: `${shown(value)} is not the ARN of ${what}`,
        detail: `Its last part, "${parts[5]}", names something else.`,
      };
    return undefined;
  };

export const keyArn = arn("a KMS key", "kms", /^(key|alias)\//);
export const roleArn = arn("an IAM role", "iam", /^role\//);
export const policyArn = arn("an IAM policy", "iam", /^policy\//);

/** A port, or the range mark -1 of "all". */
export const port = between("a port", -1, 65535);

export const accountId = matches("an account id", /^\d{12}$/, "An account id has 12 digits.");

export const regionName = matches(
  "a region",
  /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/,
  'A region is written as "eu-west-1".',
);

/** A JSON document. */
export const json: Test = (value) => {
  try {
    JSON.parse(String(value));
    return undefined;
  } catch (error) {
    return {
      summary: "This is not valid JSON",
      detail: `${(error as Error).message}. jsonencode() writes JSON that is.`,
    };
  }
};
