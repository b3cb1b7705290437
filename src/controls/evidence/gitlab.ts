/** Jobs of a GitLab pipeline, as `extends` and `default` make them. */
import { type Data, data, isData, items, strings } from "./kubernetes.ts";
import type { Subject, YamlFile } from "./subject.ts";
import type { Place } from "./value.ts";

export interface GitlabJob {
  file: YamlFile;
  name: string;
  /** With what it takes over; variables of the pipeline among them. */
  job: Data;
  /** Where a key is written: in the job, in what it extends, or in `default`. */
  placeOf(...path: (string | number)[]): Place;
}

/** Keys at the top that are no jobs. */
const GLOBAL = new Set([
  "stages",
  "workflow",
  "variables",
  "default",
  "include",
  "spec",
  "image",
  "services",
  "before_script",
  "after_script",
  "cache",
]);
const DEFAULTS = [
  "image",
  "services",
  "before_script",
  "after_script",
  "cache",
  "artifacts",
  "id_tokens",
  "interruptible",
  "timeout",
  "retry",
  "hooks",
];

/** Maps are merged, everything else is replaced. */
const merge = (below: unknown, above: unknown): unknown =>
  isData(below) && isData(above)
    ? Object.fromEntries(
        [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => [
          key,
          Object.hasOwn(above, key) ? merge(below[key], above[key]) : below[key],
        ]),
      )
    : above;

/** Every job that runs. */
export function gitlabJobs({ gitlab }: Subject): GitlabJob[] {
  if (gitlab === undefined) return [];
  const all = data(gitlab.data);
  return Object.keys(all)
    .filter((name) => !name.startsWith(".") && !GLOBAL.has(name) && isData(all[name]))
    .map((name) => jobOf(gitlab, all, name));
}

function jobOf(file: YamlFile, all: Data, name: string): GitlabJob {
  const chain = chainOf(all, name);
  const defaults: Data = {};
  for (const key of DEFAULTS) {
    const value = data(all.default)[key] ?? all[key];
    if (value !== undefined) defaults[key] = value;
  }
  const base: Data = { ...defaults, variables: data(all.variables) };
  const job = chain.reduceRight<Data>((below, from) => {
    // A list or map that `default` gives is replaced as a whole.
    const own = data(all[from]);
    const kept = Object.fromEntries(
      Object.entries(below).filter(
        ([key]) => !(below === base && DEFAULTS.includes(key) && key in own),
      ),
    );
    return data(merge(kept, own));
  }, base);
  return {
    file,
    name,
    job,
    placeOf: (...path) => {
      const from = chain.find((each) => has(data(all[each]), path));
      if (from !== undefined) return file.placeOf(from, ...path);
      if (has(data(all.default), path)) return file.placeOf("default", ...path);
      return has(all, path) ? file.placeOf(...path) : file.placeOf(name);
    },
  };
}

const has = (value: unknown, [head, ...rest]: readonly (string | number)[]): boolean => {
  if (head === undefined) return true;
  if (Array.isArray(value)) return has(value[Number(head)], rest) && value.length > Number(head);
  return isData(value) && Object.hasOwn(value, String(head)) && has(value[String(head)], rest);
};

/** The job, then what it extends, nearest first. */
function chainOf(all: Data, name: string, seen: readonly string[] = []): string[] {
  if (seen.includes(name)) return [];
  const { extends: parents } = data(all[name]);
  const names = typeof parents === "string" ? [parents] : strings(parents);
  return [name, ...names.toReversed().flatMap((each) => chainOf(all, each, [...seen, name]))];
}

/** Lines that a job runs, each with its place. */
export function gitlabLines({ job, placeOf }: GitlabJob): { text: string; place: Place }[] {
  return ["before_script", "script", "after_script"].flatMap((key) => {
    const value = job[key];
    if (typeof value === "string") return [{ text: value, place: placeOf(key) }];
    return items(value).flatMap((item, index) =>
      flat(item).map((text) => ({ text, place: placeOf(key, index) })),
    );
  });
}

const flat = (item: unknown): string[] =>
  Array.isArray(item) ? item.flatMap(flat) : typeof item === "string" ? [item] : [];

/** Rules that let a job run. */
export const rulesOf = ({ job }: GitlabJob): { rule: Data; index: number }[] =>
  items(job.rules)
    .map((rule, index) => ({ rule: data(rule), index }))
    .filter(({ rule }) => rule.when !== "never");

/** A push to the default branch, and nothing else. */
const ON_MAIN = '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH';
/** A schedule, and nothing else. */
const ON_SCHEDULE = '$CI_PIPELINE_SOURCE == "schedule"';

const conditionOf = (rule: Data): string =>
  String(rule.if ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();

/** Whether a job runs on a push to the default branch and never otherwise. */
export const onlyOnMain = (job: GitlabJob): boolean => confined(job, [ON_MAIN]);
/** Whether nobody can start a job without the right to push to the default branch. */
export const onlyTrusted = (job: GitlabJob): boolean => confined(job, [ON_MAIN, ON_SCHEDULE]);
/** Whether a schedule starts a job. */
export const onSchedule = (job: GitlabJob): boolean =>
  rulesOf(job).some(({ rule }) => conditionOf(rule) === ON_SCHEDULE);
const isMergeRequest = (rule: Data): boolean =>
  conditionOf(rule) === '$CI_PIPELINE_SOURCE == "merge_request_event"' &&
  Object.keys(rule).join() === "if";

/** Whether every merge request starts a job. */
export const onMergeRequests = ({ file, job }: GitlabJob): boolean => {
  const [first] = items(job.rules).map(data);
  const { rules } = data(data(file.data).workflow);
  return (
    first !== undefined &&
    isMergeRequest(first) &&
    (rules === undefined || items(rules).map(data).some(isMergeRequest))
  );
};

const confined = (job: GitlabJob, conditions: readonly string[]): boolean => {
  const rules = rulesOf(job);
  return (
    rules.length > 0 &&
    job.job.only === undefined &&
    rules.every(({ rule }) => conditions.includes(conditionOf(rule)))
  );
};

/** Variables of a job as text; those with options hold theirs in `value`. */
export const variablesOf = ({ job }: GitlabJob): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data(job.variables)).map(([name, value]) => [
      name,
      String(isData(value) ? (value.value ?? "") : value),
    ]),
  );
