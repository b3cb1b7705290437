/** Carries a journal out: each file by a rename, and the last one says that all is there. */
import { mkdirSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { IndexEntry } from "../git/stages.ts";
import { contained } from "../write.ts";
import { UpdateError } from "./error.ts";
import { factsOf, isAsStamped, SAME, type Stamp } from "./facts.ts";
import {
  checkParents,
  emptied,
  fingerprint,
  hollowAt,
  removeEmpty,
  removeHollow,
  writeNew,
} from "./places.ts";
import { type Change, folderOf, type IndexChange, type Journal, type Step } from "./record.ts";

/** Writes git's index. */
export type WriteIndex = (
  entries: readonly IndexEntry[],
  /** What a sparse checkout leaves out from now on, or no longer. */
  sparse: { shown?: readonly string[]; hidden?: readonly string[] },
) => void;

/** Asked at each write, by a test that wants to stop there. */
export type Hook = (what: string) => void;

/** What is to be carried out, and who helps. */
export interface Applying {
  title: string;
  /** In the order they are written; the last one says that all is there. */
  changes: readonly Change[];
  index?: IndexChange | undefined;
  /** Called before the last change, and again when an update is finished or undone. */
  writeIndex?: WriteIndex | undefined;
  hook?: Hook | undefined;
}

/** A hook that does nothing. */
export const nothing: Hook = () => undefined;

/** What lies at a step's path. A folder that other steps empty or fill is nothing to a file in the same place. */
export function looker(directory: string, steps: readonly Step[]): (step: Step) => string | null {
  const hollow = emptied(steps.flatMap(({ path, after }) => (after === null ? [path] : [])));
  const filled = emptied(steps.flatMap(({ path, before }) => (before === null ? [path] : [])));
  return ({ path, before, after }) => {
    const now = fingerprint(contained(directory, path)) ?? null;
    if (now !== "directory") return now;
    const isBetween =
      (before === null &&
        (hollow.has(path) || hollowAt(contained(directory, path), path) !== undefined)) ||
      (after === null && filled.has(path));
    return isBetween ? null : now;
  };
}

const changed = (path: string): UpdateError =>
  new UpdateError(`${path} changed during the update`, "run again when nothing else writes here");

/**
 * Goes from wherever the tree is to the end of its journal. Throws `UpdateError` where somebody writes meanwhile.
 *
 * @param stamps of the steps' files as they were read, where the process still has them
 */
export function forward(
  directory: string,
  { steps, index }: Journal,
  { writeIndex, hook = nothing }: Pick<Applying, "writeIndex" | "hook">,
  stamps: readonly (Stamp | undefined)[] = [],
): void {
  const folder = folderOf(directory);
  const place = join(folder, "journal");
  const look = looker(directory, steps);
  const known = new Set<string>();
  const run = (number: number): void => {
    const step = steps[number] as Step;
    const { path, before, after } = step;
    const full = contained(directory, path);
    const now = isAsStamped(factsOf(full), stamps[number], SAME) ? before : look(step);
    if (now === after) {
      if (after === null) removeEmpty(directory, path);
      return;
    }
    if (now !== before) throw changed(path);
    hook(`write ${path}`);
    const missing = checkParents(directory, path, known);
    if (after === null) {
      unlinkSync(full);
      removeEmpty(directory, path);
      known.clear();
      return;
    }
    if (missing !== undefined) mkdirSync(dirname(full), { recursive: true });
    if (before === null && fingerprint(full) === "directory") removeHollow(full);
    if (before === null && factsOf(full) !== undefined) throw changed(path);
    renameSync(join(place, "new", String(number)), full);
  };
  const deletions = steps.flatMap(({ after }, number) => (after === null ? [number] : []));
  const writes = steps.flatMap(({ after }, number) => (after === null ? [] : [number]));
  // Files go first: where one was, a folder may be wanted.
  for (const number of deletions) run(number);
  for (const number of writes.slice(0, -1)) run(number);
  if (index !== undefined) {
    hook("index");
    writeIndex?.(index.after, { shown: index.shown });
  }
  for (const number of writes.slice(-1)) run(number);
  hook("complete");
  writeNew(join(place, "complete"), "");
  rmSync(join(folder, "previous"), { recursive: true, force: true });
}
