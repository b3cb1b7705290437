/** `create-hardened-eks check [dir]`: drift, answers, versions; `--fix` brings files back. */
import { join } from "node:path";
import { rebuildLock, restoreFiles } from "../../lifecycle/repair.ts";
import { readState, type State } from "../../lifecycle/state.ts";
import { unfinished } from "../../lifecycle/update.ts";
import { InvalidConfigError } from "../../options/layers.ts";
import { UpdateError } from "../../workspace/journal.ts";
import {
  type CheckFinding,
  findingsOf,
  kubernetesFindings,
  unfinishedFindings,
} from "../check/findings.ts";
import { newerVersion } from "../check/newest.ts";
import { type CheckReport, checkSarif, checkText, hasErrors } from "../check/report.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { prepare, preparedFrom } from "../update/prepare.ts";
import { inCliWords } from "../update/run.ts";
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
  const paths = Array.isArray(flags.fix) ? flags.fix : [];
  const fixed: string[] = [];
  let state: State;
  try {
    state = readState(directory, VERSION);
  } catch (error) {
    if (!(error instanceof UpdateError) || !flags.fix) throw error;
    const { target } = preparedFrom(directory, terminal);
    fixed.push(...(await rebuildLock(directory, target)));
    state = readState(directory, VERSION);
  }
  const online = flags.online ? await newerVersion(terminal) : [];
  const left = unfinished(directory, VERSION);
  let findings: CheckFinding[];
  try {
    const prepared = prepare(directory, state, (data) => data, terminal);
    if (flags.fix && left === undefined) fixed.push(...fix(directory, state, prepared, paths));
    const { kubernetes, allowExtendedSupport } = prepared.target.config;
    findings = [
      ...findingsOf(directory, state, prepared),
      ...kubernetesFindings(kubernetes, allowExtendedSupport, terminal.today),
    ];
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

function fix(
  directory: string,
  state: State,
  prepared: ReturnType<typeof prepare>,
  paths: readonly string[],
): string[] {
  const { target } = prepared;
  const known = [...target.tree.keys()];
  const findings = findingsOf(directory, state, prepared);
  const drifted = findings.filter(({ rule }) => /^file\.(?!extra)/.test(rule));
  if (paths.length === 0)
    return restoreFiles(
      directory,
      target,
      drifted.filter(({ level }) => level === "error").map(({ path }) => path),
    );
  const wanted = paths.flatMap((path) => {
    const clean = join(".", path).split("\\").join("/").replace(/\/$/, "");
    const below = drifted.filter(
      (each) => each.path === clean || each.path.startsWith(`${clean}/`),
    );
    if (below.length === 0 && !known.some((each) => each === clean || each.startsWith(`${clean}/`)))
      throw new CliError(
        `${path} is no file of the render`,
        EXIT.usage,
        "name a path from the top of the repository",
      );
    return below.map((each) => each.path);
  });
  return restoreFiles(directory, target, wanted);
}
