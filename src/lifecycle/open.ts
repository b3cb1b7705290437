/** The conflicts of an unfinished update: which are still open, and which files only now have a place. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileAt, type Repository } from "../workspace/git/repository.ts";
import { type IndexEntry, indexEntries } from "../workspace/git/stages.ts";
import { fingerprint } from "../workspace/journal/places.ts";
import type { Change } from "../workspace/journal/record.ts";
import { ourMarker } from "./markers.ts";
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

/** Paths of the pending update that a person still has to look at, with what to do there. */
export function openPaths(
  directory: string,
  repository: Repository | undefined,
  state: State,
): Map<string, string> {
  const { pending } = state.lock;
  if (pending === undefined) return new Map();
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
  const toDo = (path: string): string | undefined => {
    const entry = entries.get(path);
    const full = join(directory, path);
    const line = markerLine(full);
    if (line !== undefined) return `has conflict markers (line ${line}): edit it, then git add it`;
    if (entry !== undefined && isUnmerged(entry))
      return "git's index still holds all sides of it: git add it, or git rm it";
    if (!unplaced.has(path)) return undefined;
    if (isFree(directory, path)) {
      const other = wasSeen ? undefined : otherCase(directory, path);
      return other && `${other} differs from it only in case: rename one of them`;
    }
    const mark = fingerprint(full);
    if (!mark?.startsWith("file:"))
      return wasSeen ? undefined : "something else is in its place: move it away, or commit it";
    const wanted = state.next?.tree.get(path);
    if (wanted !== undefined && readFileSync(full).equals(wanted.contents)) return undefined;
    const isKnown = entry?.stages[0] !== undefined;
    return isKnown && (wasSeen || !state.base.has(path))
      ? undefined
      : "a file of yours is in its place: move it away, or git add and commit it to keep it";
  };
  return new Map(
    pending.conflicts.flatMap((path): [string, string][] => {
      const what = toDo(path);
      return what === undefined ? [] : [[path, what]];
    }),
  );
}

/** Line of the first of our markers, from 1. */
function markerLine(full: string): number | undefined {
  if (!fingerprint(full)?.startsWith("file:")) return undefined;
  const text = readFileSync(full, "latin1");
  const at = ourMarker(text);
  return at === undefined ? undefined : text.slice(0, at).split("\n").length;
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
