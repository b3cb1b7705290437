/** The user's index, as far as a conflict is shown in it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "./repository.ts";
import { git, must, parts, type TreeEntry } from "./run.ts";

/** A path of the index with its entries: stage 0, or the stages of a conflict. */
export interface IndexEntry {
  path: string;
  stages: Partial<Record<0 | 1 | 2 | 3, TreeEntry>>;
}

/** What the index holds for the paths, from the directory. */
export function indexEntries(repository: Repository, paths: readonly string[]): IndexEntry[] {
  if (paths.length === 0) return [];
  const out = must(
    git(repository.directory, [
      "ls-files",
      "-s",
      "-z",
      "--",
      ...paths.map((path) => `:(literal)${path}`),
    ]),
    "ls-files",
  );
  const found = new Map<string, IndexEntry>(paths.map((path) => [path, { path, stages: {} }]));
  for (const line of parts(out)) {
    const tab = line.indexOf("\t");
    const [mode, id, stage] = line.slice(0, tab).split(" ") as [string, string, string];
    const entry = found.get(line.slice(tab + 1));
    if (entry !== undefined) entry.stages[Number(stage) as 0 | 1 | 2 | 3] = { mode, id };
  }
  return [...found.values()];
}

/**
 * Writes blobs into the user's object database.
 *
 * @param scratch a directory for a moment's files
 * @returns their ids in order
 */
export function storeBlobs(
  repository: Repository,
  contents: readonly Buffer[],
  scratch: string,
): string[] {
  if (contents.length === 0) return [];
  const files = contents.map((bytes, number) => {
    const file = join(scratch, `blob-${number}`);
    writeFileSync(file, bytes);
    return file;
  });
  const out = must(
    git(repository.directory, ["hash-object", "-w", "--stdin-paths", "--no-filters"], {
      input: `${files.join("\n")}\n`,
    }),
    "hash-object",
  );
  return out.toString().trim().split("\n");
}

/**
 * Sets the entries of the paths in the user's index, all in one write of it; nothing else in it changes.
 *
 * @param sparse paths that a sparse checkout leaves out from now on, or no longer
 */
export function writeIndex(
  repository: Repository,
  entries: readonly IndexEntry[],
  { shown = [], hidden = [] }: { shown?: readonly string[]; hidden?: readonly string[] } = {},
): void {
  const mark = (flag: string, paths: readonly string[]): void => {
    if (paths.length === 0) return;
    must(
      git(repository.directory, ["update-index", "-z", flag, "--stdin"], {
        input: `${paths.join("\0")}\0`,
      }),
      "update-index",
    );
  };
  mark("--no-skip-worktree", shown);
  writeEntries(repository, entries);
  // git marks no path that has stages of a conflict.
  mark("--skip-worktree", hidden);
}

function writeEntries(repository: Repository, entries: readonly IndexEntry[]): void {
  if (entries.length === 0) return;
  const { prefix } = repository;
  const none = "0".repeat(repository.format === "sha256" ? 64 : 40);
  const lines = entries.flatMap(({ path, stages }) => [
    `0 ${none}\t${prefix}${path}`,
    ...Object.entries(stages).map(
      ([stage, { mode, id }]) => `${mode} ${id} ${stage}\t${prefix}${path}`,
    ),
  ]);
  must(
    git(repository.directory, ["update-index", "-z", "--index-info"], {
      input: `${lines.join("\0")}\0`,
    }),
    "update-index",
  );
}
