/** `create-hardened-eks check [dir]`: drift, answers, versions; `--fix` brings files back. */
import { join } from "node:path";
import { rebuildLock, restoreFiles } from "../../lifecycle/repair.ts";
import { readState, type State } from "../../lifecycle/state.ts";
import { cutOffUpdate, type Target, unfinished } from "../../lifecycle/update.ts";
import { InvalidConfigError } from "../../options/layers.ts";
import { UpdateError } from "../../workspace/journal/error.ts";
import {
  type CheckFinding,
  findingsOf,
  kubernetesFindings,
  unfinishedFindings,
} from "../check/findings.ts";
import { type CheckReport, checkSarif, checkText, hasErrors } from "../check/report.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { prepare, targetFrom } from "../update/prepare.ts";
import { asTheyAre, inCliWords } from "../update/run.ts";
import { VERSION } from "../version.ts";
import { repositoryAt } from "./repository.ts";

export interface CheckFlags {
  /** Alone, or with the paths to bring back. */
  fix?: boolean | string[];
  online?: boolean;
  format?: string;
  json?: boolean;
  debug?: boolean;
}

const FORMATS = ["text", "json", "sarif"];

/** Runs check. Throws `CliError` where the repository cannot be read; writes only with `--fix`. */
export async function check(
  argument: string,
  flags: CheckFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const format = flags.json ? "json" : (flags.format ?? "text");
  if (!FORMATS.includes(format))
    throw new CliError(
      `--format ${format} is not valid`,
      EXIT.usage,
      `give one of ${FORMATS.join(", ")}`,
    );
  const directory = await repositoryAt(argument, terminal);
  const report = await inCliWords(() => examine(directory, flags, terminal));
  const exitCode = hasErrors(report) ? EXIT.findings : EXIT.ok;
  if (format === "sarif") terminal.out(`${JSON.stringify(checkSarif(report), null, 2)}\n`);
  else if (format === "json")
    terminal.out(`${JSON.stringify({ ok: exitCode === EXIT.ok, exitCode, ...report })}\n`);
  else terminal.out(checkText(report, terminal.outColors));
  return exitCode;
}

async function examine(
  directory: string,
  flags: CheckFlags,
  terminal: Terminal,
): Promise<CheckReport> {
  const half = cutOffUpdate(directory);
  // What is half there is told from nothing: the rest of a check would be about that.
  if (half !== undefined)
    return { directory, version: VERSION, findings: unfinishedFindings(half), fixed: [] };
  const paths = Array.isArray(flags.fix) ? flags.fix : [];
  const fixed: string[] = [];
  let state: State;
  try {
    state = readState(directory, VERSION);
  } catch (error) {
    if (!(error instanceof UpdateError) || !flags.fix) throw error;
    fixed.push(...(await rebuildLock(directory, targetFrom(directory, terminal))));
    state = readState(directory, VERSION);
  }
  const online = flags.online
    ? await (await import("../check/newest.ts")).newerVersion(terminal)
    : [];
  const left = unfinished(directory, VERSION);
  let findings: CheckFinding[];
  try {
    const { target } = await prepare(directory, state, asTheyAre, terminal);
    let found = findingsOf(directory, state, target);
    if (flags.fix && left === undefined) {
      const restored = restoreFiles(directory, target, toFix(found, target, paths));
      fixed.push(...restored);
      if (restored.length > 0) found = findingsOf(directory, state, target);
    }
    const { kubernetes, allowExtendedSupport } = target.config;
    findings = [...found, ...kubernetesFindings(kubernetes, allowExtendedSupport, terminal.today)];
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    findings = error.problems.map(({ path, message, mend }) => ({
      rule: "answers.invalid",
      level: "error" as const,
      path: "hardened-eks.yaml",
      message: `${path}: ${message}`,
      mend,
    }));
  }
  return {
    directory,
    version: VERSION,
    findings: [...unfinishedFindings(left), ...online, ...findings],
    fixed,
  };
}

/** The paths to bring back: what is ours, or what is named and everything below it. */
function toFix(
  findings: readonly CheckFinding[],
  { tree }: Target,
  paths: readonly string[],
): string[] {
  const drifted = findings.filter(({ rule }) => /^file\.(?!extra)/.test(rule));
  if (paths.length === 0)
    return drifted.filter(({ level }) => level === "error").map(({ path }) => path);
  return paths.flatMap((path) => {
    const clean = join(".", path).split("\\").join("/").replace(/\/$/, "");
    const isNamed = (each: string): boolean => each === clean || each.startsWith(`${clean}/`);
    const below = drifted.map((each) => each.path).filter(isNamed);
    if (below.length === 0 && ![...tree.keys()].some(isNamed))
      throw new CliError(
        `${path} is no file of the render`,
        EXIT.usage,
        "name a path from the top of the repository",
      );
    return below;
  });
}
