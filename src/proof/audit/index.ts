/** `audit`: the Controls over a repository as it stands, or over a plan. */
import { performance } from "node:perf_hooks";
import { controls } from "../../controls/catalogue.ts";
import type { Control } from "../../controls/control.ts";
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
    problems,
    durationMs: Math.round(performance.now() - start),
  };
}
