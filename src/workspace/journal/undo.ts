/** The way back: every file as it was before the update, and what was written since kept aside. */
import { lstatSync, mkdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { contained } from "../write.ts";
import { UpdateError } from "./error.ts";
import { factsOf } from "./facts.ts";
import { type Applying, looker, nothing } from "./forward.ts";
import { checkParents, filesBelow, fingerprint, keep, writeNew } from "./places.ts";
import {
  folderOf,
  JOURNAL_FOLDER,
  type Journal,
  placeOf,
  readJournal,
  type Step,
} from "./record.ts";

/** Takes away the folders that the update made and that are empty. */
function removeFolders(directory: string, { folders }: Journal): void {
  for (const path of [...folders].sort((a, b) => b.length - a.length)) {
    try {
      rmdirSync(contained(directory, path));
    } catch {
      // It was never made, or something of the user's is in it.
    }
  }
}

/** Whether a step was never carried out: what lies at its path is what lay there, edited or not. */
function isUntouched(place: string, number: number, full: string, { after }: Step): boolean {
  if (after !== null && factsOf(join(place, "new", String(number))) !== undefined) return true;
  const [old, now] = [factsOf(join(place, "old", String(number))), factsOf(full)];
  return old !== undefined && now !== undefined && old.ino === now.ino && old.dev === now.dev;
}

/**
 * Puts the tree back as it was before the last update. Call it inside `alone`.
 *
 * @returns what somebody wrote over the update's files, by its path below `.hardened-eks/update/kept`
 */
export function undo(
  directory: string,
  { writeIndex, hook = nothing }: Pick<Applying, "writeIndex" | "hook">,
): string[] {
  const journal = readJournal(directory);
  if (journal === undefined) return [];
  const folder = folderOf(directory);
  const place = placeOf(directory) as string;
  const kept = new Set(journal.undoing ? filesBelow(join(folder, "kept")) : []);
  const { steps } = journal;
  const look = looker(directory, steps);
  const last = steps.findLastIndex(({ after }) => after !== null);
  // The lock first, for it is not to claim what goes; then what is new, for a folder may have to make way for a file.
  const rank = (number: number, { before }: Step): number =>
    number === last ? 0 : before === null ? 1 : 2;
  const order = [...steps.entries()]
    .sort(([a, left], [b, right]) => rank(a, left) - rank(b, right) || b - a)
    .flatMap(([number, step]) => {
      const now = look(step);
      if (now === step.before) return [];
      const full = contained(directory, step.path);
      if (now !== step.after && isUntouched(place, number, full, step)) return [];
      return [{ ...step, number, full }];
    });
  for (const { path, before, number } of order) {
    checkParents(directory, path, new Set(), new Set(steps.map((step) => step.path)));
    checkParents(directory, `${JOURNAL_FOLDER}/kept/${path}`);
    if (before !== null && fingerprint(join(place, "old", String(number))) !== before)
      throw new UpdateError(
        `what ${path} was before the update is gone from its journal`,
        `bring it back from git, then delete ${JOURNAL_FOLDER}`,
      );
  }
  hook("undo");
  if (!journal.undoing) writeNew(join(place, "undoing"), "");
  for (const { path, before, after, number, full } of order) {
    if (factsOf(full)?.isDirectory()) removeFolders(directory, journal);
    const now = fingerprint(full) ?? null;
    if (now !== after && now !== null) {
      hook(`keep ${path}`);
      const aside = freeName(join(folder, "kept", path));
      mkdirSync(dirname(aside), { recursive: true });
      renameSync(full, aside);
      kept.add(relative(join(folder, "kept"), aside).split(sep).join("/"));
    }
    hook(`restore ${path}`);
    if (before === null) {
      rmSync(full, { force: true });
      continue;
    }
    mkdirSync(dirname(full), { recursive: true });
    const back = join(folder, `old-${process.pid}`);
    rmSync(back, { recursive: true, force: true });
    const old = join(place, "old", String(number));
    keep(old, lstatSync(old), back);
    renameSync(back, full);
  }
  removeFolders(directory, journal);
  for (const path of journal.hollow)
    if (factsOf(contained(directory, path)) === undefined)
      mkdirSync(contained(directory, path), { recursive: true });
  if (journal.index !== undefined) {
    hook("index");
    writeIndex?.(journal.index.before, { hidden: journal.index.shown });
  }
  hook("forget");
  renameSync(place, join(folder, `old-${process.pid}`));
  const previous = join(folder, "previous");
  if (factsOf(previous) !== undefined) renameSync(previous, join(folder, "journal"));
  rmSync(join(folder, `old-${process.pid}`), { recursive: true, force: true });
  return [...kept];
}

function freeName(wanted: string): string {
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? wanted : `${wanted}.${number}`;
    if (factsOf(name) === undefined) return name;
  }
}
