/** Parts of GitHub workflows that Controls ask for. */
import { type Data, data, isData, items } from "./kubernetes.ts";
import type { Subject, YamlFile } from "./subject.ts";

export interface Job {
  file: YamlFile;
  name: string;
  job: Data;
  path: (string | number)[];
}

export interface Step {
  file: YamlFile;
  job?: Job;
  step: Data;
  path: (string | number)[];
}

export const jobsOf = (file: YamlFile): Job[] =>
  Object.entries(data(data(file.data).jobs)).map(([name, job]) => ({
    file,
    name,
    job: data(job),
    path: ["jobs", name],
  }));

export const allJobs = ({ workflows }: Subject): Job[] => workflows.flatMap(jobsOf);

/** Steps of workflows and of composite actions. */
export function allSteps(subject: Subject): Step[] {
  return [
    ...allJobs(subject).flatMap((job) =>
      items(job.job.steps).map((step, index) => ({
        file: job.file,
        job,
        step: data(step),
        path: [...job.path, "steps", index],
      })),
    ),
    ...subject.actions.flatMap((file) =>
      items(data(data(file.data).runs).steps).map((step, index) => ({
        file,
        step: data(step),
        path: ["runs", "steps", index],
      })),
    ),
  ];
}

/** What starts a workflow. YAML 1.1 readers take `on` for a boolean. */
export function triggersOf({ data: workflow }: YamlFile): Data {
  const on = data(workflow).on ?? data(workflow).true;
  if (typeof on === "string") return { [on]: null };
  if (Array.isArray(on)) return Object.fromEntries(on.map((name) => [String(name), null]));
  return isData(on) ? on : {};
}

/** Permissions of a job: its own, or those of the workflow; undefined where neither says. */
export function permissionsOf({ file, job }: Job): unknown {
  return job.permissions !== undefined ? job.permissions : data(file.data).permissions;
}

/** What a step or a job uses. */
export const usesOf = (part: Data): string | undefined =>
  typeof part.uses === "string" ? part.uses : undefined;

/** `aws-actions/configure-aws-credentials` of a reference to it. */
export const actionOf = (part: Data): string =>
  (usesOf(part) ?? "").replace(/@.*$/, "").toLowerCase();

/** The step takes AWS credentials. */
export const takesRole = ({ step }: Step): boolean =>
  /(^|\/)configure-aws-credentials$/.test(actionOf(step));

export const stepsOf = (job: Job): Step[] =>
  items(job.job.steps).map((step, index) => ({
    file: job.file,
    job,
    step: data(step),
    path: [...job.path, "steps", index],
  }));

/** The workflow of this repository that a job calls. */
export const calledBy = (subject: Subject, { job }: Job): YamlFile | undefined => {
  const uses = usesOf(job)?.replace(/^\.\//, "");
  return subject.workflows.find(({ path }) => path === uses);
};

/** Jobs of a workflow and of those that it calls, with the way there. */
export function reachedFrom(
  subject: Subject,
  file: YamlFile,
  callers: readonly Job[] = [],
): { job: Job; callers: readonly Job[] }[] {
  return jobsOf(file).flatMap((job) => {
    const called = calledBy(subject, job);
    const further =
      called === undefined || callers.length > 4
        ? []
        : reachedFrom(subject, called, [...callers, job]);
    return [{ job, callers }, ...further];
  });
}

/** Workflows that an event starts, not those that are only called. */
export const started = ({ workflows }: Subject, ...events: readonly string[]): YamlFile[] =>
  workflows.filter((file) => Object.keys(triggersOf(file)).some((name) => events.includes(name)));

/** Events that only who may write to the repository can cause. */
const TRUSTED = new Set(["push", "schedule", "workflow_dispatch", "workflow_call", "merge_group"]);

/** Workflows that anyone can start who may open a pull request or write a comment. */
export const startedByAnyone = ({ workflows }: Subject): YamlFile[] =>
  workflows.filter((file) => Object.keys(triggersOf(file)).some((name) => !TRUSTED.has(name)));
