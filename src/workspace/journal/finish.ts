/** What became of an update that was cut off, and of the files of one that was not. */
import { join } from "node:path";
import { inWords, UpdateError } from "./error.ts";
import { type Applying, forward, looker } from "./forward.ts";
import { fingerprint } from "./places.ts";
import { isCutOff, type Journal, placeOf, readJournal } from "./record.ts";
import { undo } from "./undo.ts";

/** Paths that were written since the update. */
export function editedSince(directory: string, { steps }: Journal): string[] {
  const look = looker(directory, steps);
  return steps.flatMap((step) =>
    [step.before, step.after].includes(look(step)) ? [] : [step.path],
  );
}

/**
 * Goes from wherever the tree is to the end of the journal, or on with undoing it. Call it inside `alone`.
 *
 * @returns paths whose later edits were kept aside; undefined where it was finished
 */
export function finish(
  directory: string,
  applying: Pick<Applying, "writeIndex" | "hook">,
): string[] | undefined {
  const journal = readJournal(directory);
  if (journal === undefined || !isCutOff(journal)) return undefined;
  if (journal.undoing) return undo(directory, applying);
  const look = looker(directory, journal.steps);
  const place = placeOf(directory) as string;
  const strange: string[] = [];
  for (const [number, step] of journal.steps.entries()) {
    const { path, before, after } = step;
    const now = look(step);
    if (now === after) continue;
    if (now !== before) strange.push(path);
    else if (after !== null && fingerprint(join(place, "new", String(number))) !== after)
      throw new UpdateError(
        `an update was cut off, and what it was to write to ${path} is gone from its journal`,
        "run upgrade --abort to undo it",
      );
  }
  if (strange.length > 0)
    throw new UpdateError(
      `an update was cut off, and since then somebody changed ${strange.join(", ")}`,
      "run upgrade --abort: it undoes the update and keeps your changes",
    );
  try {
    forward(directory, journal, applying);
  } catch (error) {
    throw inWords(error, "; the update is still unfinished");
  }
  return undefined;
}
