/** The repository that a command is about. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError, EXIT } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/** Its absolute path. Throws `CliError` (usage) where there is no such directory. */
export async function repositoryAt(directory: string, { cwd }: Terminal): Promise<string> {
  const repository = resolve(cwd, directory);
  const facts = await stat(repository).catch(() => undefined);
  if (facts?.isDirectory()) return repository;
  throw new CliError(
    `${repository} is ${facts === undefined ? "not there" : "no directory"}`,
    EXIT.usage,
    "name the directory of the repository",
  );
}
