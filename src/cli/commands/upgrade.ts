/** `create-hardened-eks upgrade [dir]`: renders anew and merges. */
import type { ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { asTheyAre, type UpdateFlags, update } from "../update/run.ts";
import { repositoryAt } from "./repository.ts";

/** Runs upgrade. Throws `CliError` or `InvalidConfigError`; then nothing was written. */
export async function upgrade(
  directory: string,
  flags: UpdateFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  return update(await repositoryAt(directory, terminal), flags, asTheyAre, terminal);
}
