/** `create-hardened-eks eject [dir]`: a plain repository with no trace of this tool. */
import { buildBlueprint } from "../../blueprint/build.ts";
import { mentionsIn } from "../../lifecycle/eject.ts";
import { isOpen, outline } from "../../lifecycle/plan.ts";
import { readState } from "../../lifecycle/state.ts";
import { applyUpdate, planUpdate, unfinished } from "../../lifecycle/update.ts";
import { renderRepository } from "../../render/render.ts";
import { makeScratch } from "../../workspace/scratch.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { prepare } from "../update/prepare.ts";
import { asTheyAre, inCliWords, type UpdateFlags } from "../update/run.ts";
import { VERSION } from "../version.ts";
import { repositoryAt } from "./repository.ts";

export interface EjectFlags extends UpdateFlags {
  yes?: boolean;
}

const LOST = [
  "updates: a newer version, or another answer, is merged by hand from now on",
  "check: nothing compares the files with their render",
  "the list of answers: what was chosen is in the files alone",
  "audit reads the answers and exceptions from hardened-eks.yaml: without it only the files speak",
];

/** Runs eject. Throws `CliError`; then nothing was written. */
export async function eject(
  argument: string,
  flags: EjectFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const directory = await repositoryAt(argument, terminal);
  return inCliWords(() => attempt(directory, flags, terminal));
}

async function attempt(
  directory: string,
  flags: EjectFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { colors } = terminal;
  if (unfinished(directory, VERSION) !== undefined)
    throw new CliError(
      "an update is not finished",
      EXIT.failed,
      "finish it with upgrade, or undo it with upgrade --abort",
    );
  const state = readState(directory, VERSION);
  if (state.lock.version !== VERSION)
    throw new CliError(
      `the repository was rendered by ${state.lock.version}, and this is ${VERSION}`,
      EXIT.failed,
      `run npx create-hardened-eks@${state.lock.version} eject, or upgrade first`,
    );
  const { target } = await prepare(directory, state, asTheyAre, terminal);
  const plain = renderRepository(target.config, buildBlueprint(target.config, { ejected: true }));
  // The answers and their schema go with the lock.
  const tree = new Map([...plain].filter(([path]) => !path.startsWith(".hardened-eks/")));
  const scratch = await makeScratch(false);
  try {
    const plan = await planUpdate(
      { ...target, tree, ejected: true },
      { directory, allowDirty: flags.allowDirty, scratch: scratch.directory },
    );
    // Where the user wrote, their words stay, and what they say of the tool is named below.
    plan.items = plan.items.map((item) =>
      isOpen(item) ? { ...item, action: "none", class: "merged", note: "yours is kept" } : item,
    );
    const sure = flags.yes === true || flags.dryRun === true || (await isSure(flags, terminal));
    if (!sure) return EXIT.cancelled;
    if (!flags.dryRun) await applyUpdate(plan);
    const left = flags.dryRun ? [] : mentionsIn(directory);
    const written = plan.items.filter(({ action }) => action !== "none");
    if (flags.json)
      terminal.out(
        `${JSON.stringify({ ok: true, exitCode: EXIT.ok, directory, dryRun: flags.dryRun === true, items: written.map(outline), lost: LOST, mentions: left })}\n`,
      );
    const lines = [
      ...written.map(
        ({ path, action }) => `  ${action === "delete" ? "removed" : "edited "}  ${path}`,
      ),
      "  removed  hardened-eks.yaml",
      "  removed  .hardened-eks/",
      "",
      colors.bold("What is lost:"),
      ...LOST.map((line) => `  ${line}`),
      ...(left.length === 0 ? [] : ["", colors.bold("Your own lines still name it:")]),
      ...left.map(({ path, line, text }) => `  ${path}:${line}: ${text}`),
      "",
      flags.dryRun
        ? "Nothing was written."
        : "The repository is plain Terraform and Kubernetes now. Delete .hardened-eks/update once you do not want to undo it.",
    ];
    terminal.err(`${lines.join("\n")}\n`);
    return EXIT.ok;
  } finally {
    await scratch.remove();
  }
}

/** There is no way back once it is committed, so a person says yes. */
async function isSure(flags: EjectFlags, terminal: Terminal): Promise<boolean> {
  if (!terminal.interactive || flags.input === false)
    throw new CliError(
      "eject would have to ask",
      EXIT.wouldAsk,
      "give --yes, or --dry-run to see it",
    );
  const { askOnStderr } = await import("../questions.ts");
  const { sure } = await askOnStderr(
    [
      {
        type: "confirm",
        name: "sure",
        message: "Leave create-hardened-eks? Updates end here.",
        default: false,
      },
    ],
    terminal.signal,
  );
  return sure === true;
}
