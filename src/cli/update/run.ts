/** One update from its beginning to its exit code; `upgrade`, `set`, `add` and `remove` share it. */
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { performance } from "node:perf_hooks";
import { type Addresses, addressesOf } from "../../lifecycle/addresses.ts";
import { bootstrapSteps } from "../../lifecycle/bootstrap.ts";
import { impactOf } from "../../lifecycle/impact.ts";
import { checkStep, findRemovedApis, stepsOf } from "../../lifecycle/kubernetes.ts";
import { stateFiles, unanswered } from "../../lifecycle/migrations/index.ts";
import { isOpen, type MergedItem } from "../../lifecycle/plan.ts";
import { readState } from "../../lifecycle/state.ts";
import {
  abortUpdate,
  applyUpdate,
  finishCutOff,
  finishResolved,
  planUpdate,
  type Unfinished,
  unfinished,
} from "../../lifecycle/update.ts";
import { InvalidConfigError } from "../../options/layers.ts";
import type { Data } from "../../options/paths.ts";
import { look } from "../../workspace/git/repository.ts";
import { GitError } from "../../workspace/git/run.ts";
import { UpdateError } from "../../workspace/journal/error.ts";
import { makeScratch } from "../../workspace/scratch.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";
import { prepare } from "./prepare.ts";
import { type UpdateReport, updateJson, updateText } from "./report.ts";

/** Flags of every command that updates. */
export interface UpdateFlags {
  dryRun?: boolean;
  diff?: boolean;
  json?: boolean;
  abort?: boolean;
  allowDirty?: boolean;
  input?: boolean;
  debug?: boolean;
}

/** Puts what the life cycle refuses into the words of the command line. */
export async function inCliWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UpdateError || error instanceof GitError)
      throw new CliError(error.message, EXIT.failed, error.mend, { cause: error });
    throw error;
  }
}

/** No change of the answers. */
export const asTheyAre = (data: Data): Data => data;

/** Runs an update of the repository; `change` is what the command changes in its answers. */
export async function update(
  directory: string,
  flags: UpdateFlags,
  change: (data: Data) => Data,
  terminal: Terminal,
): Promise<ExitCode> {
  const start = performance.now();
  return inCliWords(async () => {
    if (flags.abort) return abort(directory, flags, terminal);
    const left = unfinished(directory, VERSION);
    if (left !== undefined && left.kind !== "open" && change !== asTheyAre)
      throw new CliError(
        "an earlier update is not finished, so nothing was changed",
        EXIT.failed,
        "run upgrade to finish it, or upgrade --abort to undo it; then run this again",
      );
    if (left !== undefined) return settle(directory, left, flags, terminal);
    return attempt(directory, flags, change, terminal, start);
  });
}

function say(
  flags: UpdateFlags,
  terminal: Terminal,
  exitCode: ExitCode,
  data: object,
  text: string,
): ExitCode {
  if (flags.json)
    terminal.out(`${JSON.stringify({ ok: exitCode === EXIT.ok, exitCode, ...data })}\n`);
  terminal.err(text);
  return exitCode;
}

function abort(directory: string, flags: UpdateFlags, terminal: Terminal): ExitCode {
  const { title, kept } = abortUpdate(directory);
  return sayUndone(directory, title, kept, flags, terminal);
}

function sayUndone(
  directory: string,
  title: string,
  kept: readonly string[],
  flags: UpdateFlags,
  terminal: Terminal,
): ExitCode {
  const aside = kept.map((path) => `  .hardened-eks/update/kept/${path}\n`).join("");
  return say(
    flags,
    terminal,
    EXIT.ok,
    { directory, aborted: title, kept },
    `undone: ${title}. The tree is as it was before it.\n${aside === "" ? "" : `What you wrote since lies aside:\n${aside}`}`,
  );
}

/** An earlier update comes first: it is finished, or its conflicts are named. */
function settle(
  directory: string,
  left: Unfinished,
  flags: UpdateFlags,
  terminal: Terminal,
): ExitCode {
  const { colors } = terminal;
  if (left.kind === "open")
    return say(
      flags,
      terminal,
      EXIT.conflicts,
      { directory, unfinished: left, conflicts: left.conflicts },
      `${colors.red("open")}: the update to ${left.version} has conflicts in\n${left.conflicts.map((path) => `  ${path}: ${left.toDo[path]}\n`).join("")}Resolve them and run upgrade again, or undo all of it with upgrade --abort.\n`,
    );
  if (flags.dryRun)
    return say(
      flags,
      terminal,
      EXIT.ok,
      { directory, unfinished: left },
      left.kind === "cut-off"
        ? left.undoing
          ? `an update was cut off while it was undone (${left.title}); upgrade and upgrade --abort undo the rest of it\n`
          : `an update was cut off (${left.title}); upgrade finishes it, upgrade --abort undoes it\n`
        : `the conflicts of the update to ${left.version} are resolved; upgrade finishes it\n`,
    );
  if (left.kind === "cut-off") {
    const kept = finishCutOff(directory);
    if (left.undoing) return sayUndone(directory, left.title, kept, flags, terminal);
    const after = unfinished(directory, VERSION);
    const open = after?.kind === "open" ? after.conflicts : [];
    return say(
      flags,
      terminal,
      open.length > 0 ? EXIT.conflicts : EXIT.ok,
      { directory, finished: left.title, conflicts: open },
      `an update had been cut off (${left.title}); it is finished now\n${open.map((path) => `  ${colors.red("conflict")}  ${path}\n`).join("")}`,
    );
  }
  finishResolved(directory, VERSION);
  return say(
    flags,
    terminal,
    EXIT.ok,
    { directory, finished: left.version },
    `the update to ${left.version} is finished: its conflicts are resolved\n`,
  );
}

async function attempt(
  directory: string,
  flags: UpdateFlags,
  change: (data: Data) => Data,
  terminal: Terminal,
  start: number,
): Promise<ExitCode> {
  const sighting = look(directory);
  const state = readState(directory, VERSION);
  const prepared = await prepare(directory, state, change, terminal);
  const { target, blueprint, migrations } = prepared;
  const before = prepared.last?.config;
  const last = prepared.last?.blueprint;
  const problems =
    before === undefined ? [] : checkStep(before.kubernetes, target.config.kubernetes);
  if (problems.length > 0) throw new InvalidConfigError(problems);
  let known: readonly [was: Addresses, will: Addresses] | undefined;
  // Asked for while git merges.
  const addresses = () => (known ??= [addressesOf(state.base), addressesOf(target.tree)]);
  const scratch = await makeScratch(false);
  try {
    const plan = await planUpdate(target, {
      directory,
      sighting,
      allowDirty: flags.allowDirty,
      scratch: scratch.directory,
      additions: () => stateFiles(...addresses(), migrations),
    });
    const report: UpdateReport = {
      directory,
      from: state.lock.version,
      to: target.maker.version,
      dryRun: flags.dryRun === true,
      items: plan.items,
      answersChange: target.answers !== state.answers,
      migrations,
      impact: last === undefined ? [] : impactOf(last, blueprint),
      unanswered: unanswered(...addresses(), migrations),
      steps: [
        ...bootstrapSteps(plan.items, target.tree),
        ...(last === undefined ? [] : stepsOf(last, blueprint)),
      ],
      removedApis:
        before?.kubernetes === target.config.kubernetes
          ? []
          : findRemovedApis(manifestsOf(directory, plan.items), target.config.kubernetes),
      warnings: prepared.warnings,
    };
    if (!plan.changes)
      return say(
        flags,
        terminal,
        EXIT.ok,
        { directory, from: report.from, to: report.to, items: [], conflicts: [] },
        `${directory} is up to date with ${report.to}\n`,
      );
    const asks = terminal.interactive && flags.input !== false && !flags.json && !flags.dryRun;
    if (asks && plan.items.some(isOpen)) {
      const { resolveConflicts } = await import("./resolve.ts");
      terminal.err(updateText(report, terminal.colors));
      plan.items = await resolveConflicts(plan.items, scratch.directory, terminal);
    }
    terminal.signal.throwIfAborted();
    if (!flags.dryRun) await applyUpdate(plan);
    const exitCode = plan.items.some(isOpen) ? EXIT.conflicts : EXIT.ok;
    const answers = { before: state.answers, after: target.answers };
    const durationMs = Math.round(performance.now() - start);
    await show({ ...report, items: plan.items, durationMs }, answers, flags, exitCode, terminal);
    return exitCode;
  } finally {
    await scratch.remove();
  }
}

async function show(
  report: UpdateReport & { durationMs: number },
  answers: { before: string; after: string },
  flags: UpdateFlags,
  exitCode: ExitCode,
  terminal: Terminal,
): Promise<void> {
  if (flags.json) terminal.out(updateJson(report, exitCode));
  else if (flags.diff) {
    const { updateDiff } = await import("./diff.ts");
    terminal.out(updateDiff(report.items, answers, terminal.outColors));
  }
  const { colors } = terminal;
  const open = report.items.filter(isOpen).length;
  const end = report.dryRun
    ? "Nothing was written.\n"
    : open > 0
      ? `${colors.red(`${open} of these need you.`)} Resolve them and run upgrade again, or undo all of it with upgrade --abort.\n`
      : "Next: read the diff, run `make check`, and let the pipeline plan it.\n";
  terminal.err(`${updateText(report, colors)}${end}`);
}

/** Manifests of the repository as they will be, the user's own too. */
function manifestsOf(directory: string, items: readonly MergedItem[]): Map<string, string> {
  const files = new Map<string, string>();
  const folder = join(directory, "kubernetes");
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" })
    : [];
  for (const name of names) {
    const path = `kubernetes/${name.split(sep).join("/")}`;
    const facts = lstatSync(join(directory, path), { throwIfNoEntry: false });
    if (facts?.isFile() && facts.size < 1024 * 1024 && /\.ya?ml$/.test(path))
      files.set(path, readFileSync(join(directory, path), "utf8"));
  }
  for (const { path, action, result } of items)
    if (action === "delete") files.delete(path);
    else if (action === "write" && result !== undefined && path.startsWith("kubernetes/"))
      files.set(path, result.contents.toString("utf8"));
  return files;
}
