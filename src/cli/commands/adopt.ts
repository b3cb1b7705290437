/** `create-hardened-eks adopt [dir]`: lock and base anew, from the nearest render that can be found. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { adoptAs, type Candidate, candidates } from "../../lifecycle/adopt.ts";
import { ANSWERS } from "../../lifecycle/paths.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { targetFrom } from "../update/prepare.ts";
import { inCliWords } from "../update/run.ts";
import { VERSION } from "../version.ts";
import { repositoryAt } from "./repository.ts";

export interface AdoptFlags {
  yes?: boolean;
  dryRun?: boolean;
  input?: boolean;
  json?: boolean;
  debug?: boolean;
}

/** Below this a render and a repository have hardly more in common than any two of ours. */
const LEAST = 0.5;

const percent = (share: number): string => `${Math.floor(share * 1000) / 10} %`;

/** Runs adopt. Throws `CliError`; then nothing was written. */
export async function adopt(
  argument: string,
  flags: AdoptFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const directory = await repositoryAt(argument, terminal);
  return inCliWords(async () => {
    const own = existsSync(join(directory, ANSWERS)) ? targetFrom(directory, terminal) : undefined;
    const found = await candidates(directory, own, VERSION);
    const [best] = found;
    if (best === undefined || best.likeness < LEAST)
      throw new CliError(
        best === undefined
          ? "no render was found that this repository could come from"
          : `the nearest render (${best.version}, ${best.source}) has only ${percent(best.likeness)} of its lines here`,
        EXIT.failed,
        "name the directory of a repository that create-hardened-eks made, with its hardened-eks.yaml",
      );
    for (const { version, source, likeness } of found.slice(0, 5))
      terminal.err(`  ${percent(likeness).padStart(7)}  ${version}  ${source}\n`);
    const chosen = flags.yes || flags.dryRun ? best : await ask(found, flags, terminal);
    if (chosen === undefined) return EXIT.cancelled;
    const written = flags.dryRun ? [] : adoptAs(directory, chosen);
    if (flags.json)
      terminal.out(
        `${JSON.stringify({
          ok: true,
          exitCode: EXIT.ok,
          directory,
          version: chosen.version,
          source: chosen.source,
          likeness: chosen.likeness,
          written,
        })}\n`,
      );
    terminal.err(
      flags.dryRun
        ? `nearest: ${chosen.version}, ${chosen.source}. Nothing was written.\n`
        : `adopted as ${chosen.version} (${chosen.source}). What differs from it counts as yours; see it with check, then upgrade.\n`,
    );
    return EXIT.ok;
  });
}

async function ask(
  found: readonly Candidate[],
  flags: AdoptFlags,
  terminal: Terminal,
): Promise<Candidate | undefined> {
  if (!terminal.interactive || flags.input === false)
    throw new CliError(
      "adopt would have to ask which render it is",
      EXIT.wouldAsk,
      "give --yes to take the nearest, or --dry-run to see it",
    );
  const { askOnStderr } = await import("../questions.ts");
  const { index } = await askOnStderr(
    [
      {
        type: "select",
        name: "index",
        message: "Which render are your files edits of?",
        choices: [
          ...found.slice(0, 10).map(({ version, source, likeness }, value) => ({
            value,
            name: `${version}, ${source}: ${percent(likeness)} of its lines are here`,
          })),
          { value: -1, name: "none of these" },
        ],
      },
    ],
    terminal.signal,
  );
  return found[index as number];
}
