/** What lies at a path of the repository; links are never followed, and never written through. */
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { sha256 } from "../digest.ts";
import { contained } from "../write.ts";
import { codeOf, UpdateError } from "./error.ts";
import { factsOf, type Stamp, stampOf } from "./facts.ts";

/** What lies at a path: `file:0644:<sha256>`, `link:<target>`, `directory`; undefined for nothing. */
export type Fingerprint = string | undefined;

const modeWord = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");

/** The fingerprint of a plain file. */
export const markOf = ({ mode }: Pick<Stats, "mode">, contents: Buffer): string =>
  `file:${modeWord(mode)}:${sha256(contents)}`;

/**
 * The fingerprint of what lies at a path, with the bytes and the stamp of a file; links are not followed.
 *
 * @param facts what the system said of it a while ago: whatever was written since shows in the stamp
 */
export function inspect(
  full: string,
  facts = factsOf(full),
): {
  mark: Fingerprint;
  contents?: Buffer;
  stamp?: Stamp | undefined;
} {
  if (facts === undefined) return { mark: undefined };
  if (facts.isSymbolicLink()) return { mark: `link:${readlinkSync(full)}` };
  if (facts.isDirectory()) return { mark: "directory" };
  if (!facts.isFile()) return { mark: "special" };
  const contents = readFileSync(full);
  return { mark: markOf(facts, contents), contents, stamp: stampOf(facts, "ctimeMs") };
}

/** The fingerprint of what lies at a path; links are not followed. */
export const fingerprint = (full: string): Fingerprint => inspect(full).mark;

/** Whatever is no folder below a folder, by its path from there, sorted; links are not followed. */
export const filesBelow = (folder: string): string[] =>
  factsOf(folder)?.isDirectory() === true
    ? readdirSync(folder, { recursive: true, withFileTypes: true, encoding: "utf8" })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .sort()
    : [];

/**
 * Every folder above a path must be a folder: a link is never written through. Throws `UpdateError`.
 *
 * @param known folders that were looked at
 * @param leaving files that make way
 * @returns the topmost folder that is not there yet
 */
export function checkParents(
  directory: string,
  path: string,
  known: Set<string> = new Set(),
  leaving: ReadonlySet<string> = new Set(),
): string | undefined {
  const parents = path.split("/").slice(0, -1);
  for (let length = 1; length <= parents.length; length += 1) {
    const parent = parents.slice(0, length).join("/");
    if (known.has(parent)) continue;
    const facts = factsOf(contained(directory, parent));
    if (facts === undefined || (facts.isFile() && leaving.has(parent))) return parent;
    if (!facts.isDirectory())
      throw new UpdateError(
        `${parent} is ${facts.isSymbolicLink() ? "a symbolic link" : "no directory"}, and ${path} is to be written below it`,
        "put the directory back, or move what is there away",
      );
    known.add(parent);
  }
  return undefined;
}

/** Folders that hold what the steps take away. */
export function emptied(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      folders.add(path.slice(0, at));
  return folders;
}

/** A folder and those in it where there is nothing else; undefined where there is. */
export function hollowAt(full: string, path: string): string[] | undefined {
  const found = [path];
  for (const entry of readdirSync(full, { withFileTypes: true })) {
    const below = entry.isDirectory()
      ? hollowAt(join(full, entry.name), `${path}/${entry.name}`)
      : undefined;
    if (below === undefined) return undefined;
    found.push(...below);
  }
  return found;
}

/** Takes a folder away that has nothing but folders in it. */
export function removeHollow(full: string): void {
  for (const name of readdirSync(full)) {
    if (!lstatSync(join(full, name)).isDirectory()) return;
    removeHollow(join(full, name));
  }
  try {
    rmdirSync(full);
  } catch (error) {
    if (codeOf(error) !== "ENOTEMPTY") throw error;
  }
}

/** Takes away the folders above a path, as long as they are empty. */
export function removeEmpty(directory: string, path: string): void {
  const parts = path.split("/").slice(0, -1);
  for (; parts.length > 0; parts.pop()) {
    try {
      rmdirSync(contained(directory, parts.join("/")));
    } catch {
      return;
    }
  }
}

/** Writes a new file; what somebody put in its place is taken away, never written through. */
export function writeNew(file: string, contents: string | Buffer): void {
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, contents, { flag: "wx" });
}

/** Keeps what lies at a path under another name, by a link where the disk can: same bytes, same times. */
export function keep(from: string, facts: Stats, to: string): void {
  if (facts.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to);
    return;
  }
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
    chmodSync(to, facts.mode);
  }
}
