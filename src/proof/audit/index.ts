/** `audit`: the Controls over a repository as it stands, or over a plan. */
import { performance } from "node:perf_hooks";
import { controls, findControl } from "../../controls/catalogue.ts";
import type { Control } from "../../controls/control.ts";
import type { Config } from "../../options/config.ts";
import type { PlanJson } from "../types.ts";
import { type ControlResult, runControls } from "./run.ts";
import { readSubject, type SubjectProblem } from "./subject.ts";
import { type RepositoryTree, readTree } from "./tree.ts";

export type { ControlResult, Status, Waiver } from "./run.ts";
export type { RepositoryTree } from "./tree.ts";

export interface AuditReport {
  /** What was audited: the directory, or the plan's file. */
  target: string;
  from: "repository" | "plan";
  results: ControlResult[];
  /** Files that could not be read as what they are. */
  problems: SubjectProblem[];
  durationMs: number;
}

export interface AuditOptions {
  /** The repository, as an absolute path. It is read, never written. */
  directory: string;
  /** ISO date on which exceptions are judged. */
  today: string;
  /** The Controls to run. Default: all. */
  controls?: readonly Control[] | undefined;
  signal?: AbortSignal | undefined;
  /** The files, where they are not those on disk. */
  tree?: RepositoryTree | undefined;
}

export interface AuditPlanOptions extends AuditOptions {
  /** `terraform show -json tfplan`. */
  plan: PlanJson;
  /** What the plan is called in messages: its file. */
  name: string;
}

/** Audits a plan. The repository in `directory`, where there is one, says at which line something stands. */
export async function auditPlan(options: AuditPlanOptions): Promise<AuditReport> {
  const start = performance.now();
  const tree = options.tree ?? readTree(options.directory, options.signal);
  const { subject, withVariables } = await readSubject(tree, options.today);
  const { readPlan } = await import("./plan.ts");
  const root = readPlan(options.plan, options.name, subject.roots, withVariables);
  const results = runControls(
    { ...subject, from: "plan", roots: [root], modules: [] },
    options.controls ?? controls,
    options.today,
  );
  return {
    target: options.name,
    from: "plan",
    results,
    problems: [],
    durationMs: Math.round(performance.now() - start),
  };
}

/** Exceptions that except nothing: of no Control, or of one that is met. */
function idleExceptions(
  config: Config | undefined,
  tree: RepositoryTree,
  results: readonly ControlResult[],
): SubjectProblem[] {
  const lines = (tree.read("hardened-eks.yaml") ?? "").split("\n");
  return Object.keys(config?.exceptions ?? {}).flatMap((id) => {
    const line =
      1 +
      Math.max(
        0,
        lines.findIndex((text) => text.includes(id)),
      );
    const place = { file: "hardened-eks.yaml", line };
    if (findControl(id) === undefined)
      return [{ place, message: `exceptions.${id}: there is no Control of this name` }];
    const result = results.find(({ control }) => control.id === id);
    if (result === undefined || result.status === "exception" || result.status === "not met")
      return [];
    return [
      { place, message: `exceptions.${id}: the Control is ${result.status}, remove the exception` },
    ];
  });
}

/** Audits a repository. */
export async function auditRepository(options: AuditOptions): Promise<AuditReport> {
  const start = performance.now();
  const tree = options.tree ?? readTree(options.directory, options.signal);
  const { subject, problems } = await readSubject(tree, options.today);
  const results = runControls(subject, options.controls ?? controls, options.today);
  return {
    target: options.directory,
    from: "repository",
    results,
    problems: [...problems, ...idleExceptions(subject.config, tree, results)],
    durationMs: Math.round(performance.now() - start),
  };
}
