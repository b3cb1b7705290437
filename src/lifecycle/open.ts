/** The conflicts of an unfinished update: which are still open, and which files only now have a place. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileAt, type Repository } from "../workspace/git/repository.ts";
import { type IndexEntry, indexEntries } from "../workspace/git/stages.ts";
import { type Change, fingerprint } from "../workspace/journal.ts";
import { hasOurMarkers } from "./markers.ts";
import { otherCase } from "./ours.ts";
import { LOCK } from "./paths.ts";
import { isOpen, type MergedItem } from "./plan.ts";
import type { State } from "./state.ts";

/** Whether git's index can show the conflict as a three-way merge. */
export const showsInIndex = ({ class: kind, action, ours }: MergedItem): boolean =>
  kind === "conflict" && (ours !== undefined || action === "write");

/** Open paths at which nothing is written that would say so: no markers, and no stages in the index. */
export const unplacedPaths = (
  items: readonly MergedItem[],
  repository: Repository | undefined,
): string[] =>
  items
    .filter(isOpen)
    .filter(
      (item) => item.action === "none" && !(repository?.head !== undefined && showsInIndex(item)),
    )
    .map(({ path }) => path);

const isUnmerged = ({ stages }: IndexEntry): boolean =>
  (stages[1] ?? stages[2] ?? stages[3]) !== undefined;

/** Paths of the pending update that a person still has to look at. */
export function openPaths(
  directory: string,
  repository: Repository | undefined,
  state: State,
): string[] {
  const { pending } = state.lock;
  if (pending === undefined) return [];
  const entries = new Map(
    repository === undefined
      ? []
      : indexEntries(repository, pending.conflicts).map((entry) => [entry.path, entry]),
  );
  const unplaced = new Set(pending.unplaced);
  // Who commits the tree as it is, with a lock in it that names the conflicts, has seen them.
  const wasSeen =
    repository?.head !== undefined &&
    fileAt(repository, repository.head, LOCK)?.toString("utf8") === state.lockText;
  return pending.conflicts.filter((path) => {
    const entry = entries.get(path);
    if (entry !== undefined && isUnmerged(entry)) return true;
    const full = join(directory, path);
    if (isMarked(full)) return true;
    if (!unplaced.has(path)) return false;
    if (isFree(directory, path)) return !wasSeen && otherCase(directory, path) !== undefined;
    const mark = fingerprint(full);
    if (!mark?.startsWith("file:")) return !wasSeen;
    const wanted = state.next?.tree.get(path);
    if (wanted !== undefined && readFileSync(full).equals(wanted.contents)) return false;
    const isKnown = entry?.stages[0] !== undefined;
    return !(isKnown && (wasSeen || !state.base.has(path)));
  });
}

function isMarked(full: string): boolean {
  if (!fingerprint(full)?.startsWith("file:")) return false;
  const text = readFileSync(full, "latin1");
  return hasOurMarkers(text);
}

/** Whether a file can be written at a path where nothing lies. */
function isFree(directory: string, path: string): boolean {
  const parts = path.split("/");
  for (let length = 1; length < parts.length; length += 1) {
    const mark = fingerprint(join(directory, ...parts.slice(0, length)));
    if (mark === undefined) return true;
    if (mark !== "directory") return false;
  }
  return fingerprint(join(directory, path)) === undefined;
}

/** Files of the pending update whose place became free. */
export const nowPlaced = (directory: string, { lock, next }: State): Change[] =>
  (lock.pending?.unplaced ?? []).flatMap((path): Change[] => {
    const file = next?.tree.get(path);
    if (file === undefined || !isFree(directory, path)) return [];
    const { contents, executable } = file;
    return [{ path, before: undefined, after: { contents, executable } }];
  });
