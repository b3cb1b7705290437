/** Where a repository differs from its render, file by file. */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Owner } from "../blueprint/types.ts";
import { isCrlf, toLf } from "./line-ends.ts";
import type { MergeTree } from "./pack.ts";
import { NOT_MERGED } from "./paths.ts";

/** One file that is not as it was rendered. */
export interface Drift {
  path: string;
  owner: Owner;
  kind:
    | "modified"
    | "missing"
    /** An older render had it, and the current one does not. */
    | "extra"
    /** A folder, a link or something else is there. */
    | "replaced";
}

/** What lies on disk, compared with a file; line ends alone are no difference. */
function compare(full: string, contents: Buffer, executable: boolean): Drift["kind"] | undefined {
  const facts = lstatSync(full, { throwIfNoEntry: false });
  if (facts === undefined) return "missing";
  if (!facts.isFile()) return "replaced";
  const bytes = readFileSync(full);
  const isExecutable = (facts.mode & 0o100) !== 0;
  // Windows knows no such bit.
  if (process.platform !== "win32" && isExecutable !== executable) return "modified";
  if (bytes.equals(contents)) return undefined;
  return isCrlf(bytes) && toLf(bytes).equals(contents) ? undefined : "modified";
}

/** Whether a folder above the path is a link or a file; what lies behind it is not ours to read. */
function isBehindLink(directory: string, path: string): boolean {
  const parts = path.split("/").slice(0, -1);
  return parts.some((_, index) => {
    const facts = lstatSync(join(directory, ...parts.slice(0, index + 1)), {
      throwIfNoEntry: false,
    });
    return facts !== undefined && !facts.isDirectory();
  });
}

/**
 * The drift of a repository.
 *
 * @param render what it should hold
 * @param older what the last render held: a file of it that is in no render any more is `extra`
 */
export function driftOf(directory: string, render: MergeTree, older: MergeTree): Drift[] {
  const found: Drift[] = [];
  for (const [path, { contents, executable, owner }] of render) {
    if (NOT_MERGED.has(path)) continue;
    const kind = isBehindLink(directory, path)
      ? "replaced"
      : compare(join(directory, path), contents, executable);
    if (kind !== undefined) found.push({ path, owner, kind });
  }
  for (const [path, { contents, owner }] of older) {
    if (NOT_MERGED.has(path) || render.has(path) || isBehindLink(directory, path)) continue;
    const full = join(directory, path);
    const facts = lstatSync(full, { throwIfNoEntry: false });
    if (facts?.isFile() && readFileSync(full).equals(contents))
      found.push({ path, owner, kind: "extra" });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether an edit of a file with this owner is drift: `merged` files are both's, `once` and `user` never ours. */
export const isOurs = (owner: Owner): boolean => owner === "managed";
