/** Reading the repository, as the first check of each tier. */
import { stat } from "node:fs/promises";
import { check } from "./check.ts";
import { type Repository, readRepository } from "./repository.ts";
import type { Check, Finding, ValidateOptions } from "./types.ts";

const fix = "Name the directory of the repository.";

/** Reads the repository; what cannot be read is a finding, not a crash. */
export async function readChecked(
  { directory, signal }: ValidateOptions,
  tier: Check["tier"],
): Promise<[Repository, Check]> {
  let repository: Repository = {
    path: directory,
    directories: new Map(),
    formatted: [],
    findings: [],
  };
  const files = await check(
    { id: "files", tier, title: "Terraform files can be read" },
    async () => {
      const problem = await notADirectory(directory);
      if (problem !== undefined)
        return [{ rule: "files/no-directory", severity: "error", message: problem, fix }];
      repository = await readRepository(directory, signal);
      const { directories, findings } = repository;
      if (directories.size > 0 || findings.length > 0) return findings;
      const none: Finding = {
        rule: "files/none",
        severity: "error",
        message: "There are no Terraform files here.",
        fix,
      };
      return [none];
    },
  );
  return [repository, files];
}

async function notADirectory(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isDirectory() ? undefined : `${path} is not a directory.`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `${path} does not exist.` : `${path} cannot be read (${code}).`;
  }
}
