/**
 * Changes many files of a repository as one: a journal first, each file by a rename, and a way back.
 * A process killed at any point leaves the tree as it was, or a journal from which the next run finishes or undoes.
 */
import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contained } from "../write.ts";
import { inWords, UpdateError } from "./error.ts";
import { factsOf, isAsStamped, STRICTLY_SAME, type Stamp, stampOf } from "./facts.ts";
import { type Applying, forward, nothing } from "./forward.ts";
import {
  checkParents,
  emptied,
  type Fingerprint,
  fingerprint,
  hollowAt,
  keep,
  markOf,
} from "./places.ts";
import { cutOff, folderOf, isCutOff, type Journal, readJournal, type Step } from "./record.ts";
import { undo } from "./undo.ts";

/**
 * Carries out the changes. Call it inside `alone`.
 * Throws `UpdateError` with nothing changed where a path is not as planned or cannot be written.
 */
export function apply(directory: string, applying: Applying): void {
  const { changes, title, index, hook = nothing } = applying;
  const folder = folderOf(directory);
  const last = readJournal(directory);
  if (last !== undefined && isCutOff(last)) throw cutOff(last);
  const staging = join(folder, `staging-${process.pid}`);
  const previous = join(folder, "previous");
  const known = new Set<string>();
  const deleted = changes.flatMap(({ path, after }) => (after === undefined ? [path] : []));
  const leaving = new Set(deleted);
  const hollow = emptied(deleted);
  const steps: Step[] = [];
  const journal: Journal = { schemaVersion: 1, title, steps, folders: [], hollow: [], index };
  const stamps: (Stamp | undefined)[] = [];
  const folders = new Set<string>();
  const made = modeOfNew();
  try {
    hook("stage");
    mkdirSync(join(staging, "new"), { recursive: true });
    mkdirSync(join(staging, "old"));
    for (const [number, { path, before, stamp, after }] of changes.entries()) {
      const full = contained(directory, path);
      const missing = checkParents(directory, path, known, leaving);
      // Each look at a path costs as much as a small write: one serves all that is asked here.
      const facts = factsOf(full);
      const now = isAsStamped(facts, stamp, STRICTLY_SAME) ? before : fingerprint(full);
      const bare = now === "directory" && before === undefined ? hollowAt(full, path) : undefined;
      if (bare !== undefined && !hollow.has(path)) journal.hollow.push(...bare);
      const isHollow =
        now === "directory" && before === undefined && (hollow.has(path) || bare !== undefined);
      if (now !== before && !isHollow)
        throw new UpdateError(
          `${path} changed while the update was planned`,
          "nothing was written; run again",
        );
      hook(`stage ${path}`);
      if (facts !== undefined && (before?.startsWith("file:") || before?.startsWith("link:")))
        keep(full, facts, join(staging, "old", String(number)));
      stamps.push(stampOf(facts, "mtimeMs"));
      steps.push({ path, before: before ?? null, after: null });
      if (after === undefined) continue;
      if (missing !== undefined)
        for (const parent of emptied([path]))
          if (`${parent}/`.startsWith(`${missing}/`)) folders.add(parent);
      const file = join(staging, "new", String(number));
      writeFileSync(file, after.contents, { mode: after.executable ? 0o777 : 0o666 });
      const mode = withMode(
        file,
        made(after.executable, file),
        modeAfter(before, after.executable),
      );
      // Of what was to be written: read back, every byte would be read twice, and bad ones taken for right.
      (steps[number] as Step).after = markOf({ mode }, after.contents);
    }
    journal.folders = [...folders];
    hook("journal");
    writeFileSync(join(staging, "journal.json"), JSON.stringify(journal));
    const place = join(folder, "journal");
    hook("begin");
    // The last one can still be undone if this one is.
    if (last !== undefined) renameSync(place, previous);
    renameSync(staging, place);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (factsOf(join(folder, "journal")) === undefined && last !== undefined)
      renameSync(previous, join(folder, "journal"));
    throw inWords(error);
  }
  try {
    forward(directory, journal, applying, stamps);
  } catch (error) {
    const words = inWords(error);
    try {
      undo(directory, applying);
    } catch (second) {
      throw new UpdateError(
        `${inWords(error, "").message}; and it could not be undone: ${inWords(second, "").message}`,
        "mend that, then run upgrade --abort",
        { cause: error },
      );
    }
    throw words;
  }
}

/** The mode of a file that takes another's place: what the user allowed stays as it was. Undefined where none was there. */
function modeAfter(before: Fingerprint, executable: boolean): number | undefined {
  const word = /^file:(\d+):/.exec(before ?? "")?.[1];
  if (word === undefined) return undefined;
  const was = Number.parseInt(word, 8);
  return executable ? was | ((was & 0o444) >> 2) : was & ~0o111;
}

/** The mode that the system gives to new files of one folder: whoever asks for the same gets the same. */
function modeOfNew(): (executable: boolean, file: string) => number {
  const known = new Map<boolean, number>();
  return (executable, file) => {
    const mode = known.get(executable) ?? lstatSync(file).mode;
    known.set(executable, mode);
    return mode;
  };
}

/** The mode of a new file once it has the wanted one; where it has it already, nothing is changed. */
function withMode(file: string, mode: number, wanted: number | undefined): number {
  if (wanted === undefined || (mode & 0o7777) === wanted) return mode;
  chmodSync(file, wanted);
  return lstatSync(file).mode;
}
