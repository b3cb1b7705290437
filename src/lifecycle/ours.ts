/** The user's side of a merge: what is committed, laid over with what the work tree has. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../workspace/digest.ts";
import type { Hidden, Repository, Sighting } from "../workspace/git/repository.ts";
import type { TreeEntry } from "../workspace/git/run.ts";
import type { Blob } from "../workspace/git/workshop.ts";
import { UpdateError } from "../workspace/journal/error.ts";
import { CLOCK_MS, factsOf } from "../workspace/journal/facts.ts";
import { filesBelow } from "../workspace/journal/places.ts";
import { isCrlf, toLf } from "./line-ends.ts";
import type { LockedFile } from "./lock.ts";
import type { MergeFile, MergeTree } from "./pack.ts";
import { NOT_MERGED } from "./paths.ts";

export interface Ours {
  /** The tree of the commit, as git names it; absent where there is none. */
  tree: string | undefined;
  entries: ReadonlyMap<string, TreeEntry>;
  /** What differs from it on disk; `undefined` for what is gone. */
  overlay: ReadonlyMap<string, Blob | undefined>;
  /** Paths that a sparse checkout leaves out of the work tree. */
  leftOut: ReadonlySet<string>;
  /** New paths of the new render that a file holds which git does not know. */
  occupied: ReadonlySet<string>;
  /** New paths of the new render beside a file whose name differs only in case, with that name. */
  clashing: ReadonlyMap<string, string>;
  /** Paths of either render that the user's tree has no room for, with what is there instead. */
  blocked: ReadonlyMap<string, string>;
  format: "sha1" | "sha256";
  /** What the system says of each path of either render at which something lies. */
  facts: ReadonlyMap<string, Stats>;
  /** Something of it was written after git had begun to look. */
  stale: boolean;
}

/** The id that git gives to a file's bytes. */
export function blobId(contents: Buffer, format: "sha1" | "sha256"): string {
  return createHash(format).update(`blob ${contents.length}\0`).update(contents).digest("hex");
}

/** Mode of an entry that is a commit of another repository. */
const SUBMODULE = "160000";

const gitMode = (executable: boolean): string => (executable ? "100755" : "100644");

/** A file of a render as git would store it. */
export const blobOf = ({ contents, executable }: MergeFile): Blob => ({
  contents,
  mode: gitMode(executable),
});

/** Whether both say the same: contents and mode. */
export const sameFile = (a: MergeFile | undefined, b: MergeFile | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.executable === b.executable &&
    a.contents.equals(b.contents));

/** What lies on disk as git would store it; a folder or nothing is `undefined`. */
export function blobAt(directory: string, path: string): Blob | undefined {
  const full = join(directory, path);
  const facts = factsOf(full);
  if (facts?.isSymbolicLink()) return { contents: Buffer.from(readlinkSync(full)), mode: "120000" };
  if (!facts?.isFile()) return undefined;
  return { contents: readFileSync(full), mode: gitMode((facts.mode & 0o100) !== 0) };
}

/** Changes that nobody would miss: files exactly as the last render left them, or gone as it does not have them. */
function isOurOutput(blob: Blob | undefined, locked: LockedFile | undefined): boolean {
  if (blob === undefined) return locked === undefined;
  return (
    locked !== undefined &&
    blob.mode === gitMode(locked.mode === "0755") &&
    sha256(blob.contents) === locked.sha256
  );
}

const shown = (paths: readonly string[]): string =>
  paths.length <= 5
    ? paths.join(", ")
    : `${paths.slice(0, 5).join(", ")} and ${paths.length - 5} more`;

/** Edits of our files that git was told not to see. */
function hiddenEdits(
  directory: string,
  { format }: Repository,
  hidden: ReadonlyMap<string, Hidden>,
  entries: ReadonlyMap<string, TreeEntry>,
  renders: readonly MergeTree[],
): Map<string, Blob | undefined> {
  const edits = new Map<string, Blob | undefined>();
  for (const [path, { unwatched }] of hidden) {
    if (NOT_MERGED.has(path) || !renders.some((render) => render.has(path))) continue;
    const blob = blobAt(directory, path);
    if (blob === undefined && !unwatched) continue;
    const entry = entries.get(path);
    const isEntry = (contents: Buffer): boolean =>
      entry?.id === blobId(contents, format) && entry.mode === blob?.mode;
    if (blob !== undefined && (isEntry(blob.contents) || isEntry(toLf(blob.contents)))) continue;
    edits.set(path, blob);
  }
  return edits;
}

interface Sides {
  base: MergeTree;
  theirs: MergeTree;
  /** Files as the last render left them. */
  locked: Readonly<Record<string, LockedFile>>;
  allowDirty: boolean;
}

/**
 * The user's side, from what git saw and what lies on disk. Throws `UpdateError` where it has changes that are not
 * committed, unless they are allowed, or git is in the middle of something.
 */
export function readOurs(
  directory: string,
  { repository, since, entries, hidden, changed, unmerged }: Sighting,
  { base, theirs, locked, allowDirty }: Sides,
): Ours {
  const overlay = new Map<string, Blob | undefined>();
  if (repository !== undefined) {
    const busy = repository.busy();
    if (unmerged.size > 0 || busy !== undefined)
      throw new UpdateError(
        busy === undefined
          ? `these files are in conflict: ${shown([...unmerged])}`
          : `a ${busy} is not finished in this repository`,
        "finish it or abort it, then run again",
      );
    for (const path of changed)
      if (!NOT_MERGED.has(path)) overlay.set(path, blobAt(directory, path));
    for (const [path, blob] of hiddenEdits(directory, repository, hidden, entries, [base, theirs]))
      overlay.set(path, blob);
    const dirty = [...overlay].filter(([path, blob]) => !isOurOutput(blob, locked[path]));
    if (dirty.length > 0 && !allowDirty)
      throw new UpdateError(
        `these changes are not committed: ${shown(dirty.map(([path]) => path))}`,
        "commit or stash them; --allow-dirty merges them as they are and keeps a copy",
      );
  }
  const known = (path: string): boolean =>
    overlay.has(path) ? overlay.get(path) !== undefined : entries.has(path);
  const occupied = new Set<string>();
  const clashing = new Map<string, string>();
  const names = new Map<string, string[]>();
  const seen = new Map<string, Stats>();
  const blocked = new Map<string, string>();
  const folders = new Map<string, string | undefined>();
  let stale = false;
  const leftOut = new Set([...hidden].flatMap(([path, { leftOut: is }]) => (is ? [path] : [])));
  // As `isLeaving`, of files that are in git alone.
  const goes = (path: string): boolean => {
    const before = base.get(path);
    const id = before && !theirs.has(path) && blobId(before.contents, repository?.format ?? "sha1");
    return id !== undefined && id === entries.get(path)?.id;
  };
  const submodules = [...entries].flatMap(([path, { mode }]) => (mode === SUBMODULE ? [path] : []));
  for (const path of new Set([...base.keys(), ...theirs.keys()])) {
    if (NOT_MERGED.has(path)) continue;
    // One that nobody fetched is an empty folder on disk.
    const submodule = submodules.find((at) => path === at || path.startsWith(`${at}/`));
    if (submodule !== undefined) {
      blocked.set(path, `${submodule} is a submodule`);
      continue;
    }
    const leaves = (at: string): boolean => isLeaving(directory, at, base, theirs);
    const parent = blockedParent(directory, path, folders, leaves);
    if (parent !== undefined) {
      blocked.set(path, parent);
      continue;
    }
    const facts = factsOf(join(directory, path));
    if (facts === undefined) {
      // It was there for git.
      stale ||= known(path) && !leftOut.has(path);
      const other = base.has(path) ? undefined : otherCase(directory, path, names);
      const makesWay = other !== undefined && base.has(other) && !theirs.has(other);
      if (other !== undefined && !makesWay) clashing.set(path, other);
      const unseen = leftOut.size === 0 ? undefined : unseenAt(path, leftOut, goes);
      if (unseen !== undefined) blocked.set(path, unseen);
      continue;
    }
    seen.set(path, facts);
    stale ||= facts.ctimeMs > since - CLOCK_MS;
    if (facts.isSymbolicLink() || !(facts.isFile() || facts.isDirectory())) {
      blocked.set(
        path,
        `${path} is a ${facts.isSymbolicLink() ? "symbolic link" : "special file"}`,
      );
    } else if (facts.isDirectory()) {
      if (!isEmptied(directory, path, leaves)) blocked.set(path, `${path} is a directory`);
    } else if (!known(path) && !overlay.has(path)) {
      if (base.has(path)) overlay.set(path, blobAt(directory, path));
      else occupied.add(path);
    }
  }
  return {
    tree: repository?.tree,
    entries,
    overlay,
    leftOut,
    occupied,
    clashing,
    blocked,
    format: repository?.format ?? "sha1",
    facts: seen,
    stale,
  };
}

/** What a sparse checkout hides that has a path's place: a file above it, or one below it. */
function unseenAt(
  path: string,
  leftOut: ReadonlySet<string>,
  goes: (path: string) => boolean,
): string | undefined {
  for (const each of leftOut)
    if (each.startsWith(`${path}/`) && !goes(each))
      return `${path} is a directory, which is not checked out`;
    else if (path.startsWith(`${each}/`) && !goes(each))
      return `${each} is a file, which is not checked out`;
  return undefined;
}

/** A file of ours that the new render takes away, and that nobody edited. */
function isLeaving(directory: string, path: string, base: MergeTree, theirs: MergeTree): boolean {
  const before = base.get(path);
  if (before === undefined || theirs.has(path)) return false;
  const blob = blobAt(directory, path);
  if (blob === undefined || blob.mode !== gitMode(before.executable)) return false;
  return (isCrlf(blob.contents) ? toLf(blob.contents) : blob.contents).equals(before.contents);
}

/** The path of a file whose name differs from this one only in case: some disks hold only one of them. */
export function otherCase(
  directory: string,
  path: string,
  known = new Map<string, string[]>(),
): string | undefined {
  const folder = path.split("/").slice(0, -1).join("/");
  let names = known.get(folder);
  if (names === undefined) {
    const isFolder = factsOf(join(directory, folder))?.isDirectory();
    names = isFolder ? readdirSync(join(directory, folder)) : [];
    known.set(folder, names);
  }
  const name = path.slice(folder === "" ? 0 : folder.length + 1);
  const other = names.find((each) => each !== name && each.toLowerCase() === name.toLowerCase());
  return other === undefined ? undefined : folder === "" ? other : `${folder}/${other}`;
}

/** What stands where a folder above the path is needed. */
function blockedParent(
  directory: string,
  path: string,
  known: Map<string, string | undefined>,
  leaves: (path: string) => boolean,
): string | undefined {
  const cut = path.lastIndexOf("/");
  if (cut < 0) return undefined;
  const parent = path.slice(0, cut);
  if (known.has(parent)) return known.get(parent);
  let answer = blockedParent(directory, parent, known, leaves);
  if (answer === undefined) {
    const facts = factsOf(join(directory, parent));
    if (facts?.isSymbolicLink()) answer = `${parent} is a symbolic link`;
    else if (facts !== undefined && !facts.isDirectory() && !leaves(parent))
      answer = `${parent} is a file`;
  }
  known.set(parent, answer);
  return answer;
}

/** Whether a folder goes with its files: it has some, and the new render takes all of them away. */
function isEmptied(directory: string, path: string, leaves: (path: string) => boolean): boolean {
  const files = filesBelow(join(directory, path));
  return files.length > 0 && files.every((below) => leaves(`${path}/${below}`));
}
