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
