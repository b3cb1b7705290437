/** The journal: what an update changes, and how far it came. It is read as if anybody could have written it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IndexEntry } from "../git/stages.ts";
import { contained } from "../write.ts";
import { UpdateError } from "./error.ts";
import { factsOf, type Stamp } from "./facts.ts";
import { checkParents, type Fingerprint } from "./places.ts";

/** Where the journal lies in a repository. Git is told by a file inside it to leave it alone. */
export const JOURNAL_FOLDER = ".hardened-eks/update";

/** Where the journal of a repository lies. */
export const folderOf = (directory: string): string =>
  join(directory, ...JOURNAL_FOLDER.split("/"));

/** One path to change. */
export interface Change {
  path: string;
  /** What the plan saw there; anything else by now stops the update before it begins. */
  before: Fingerprint;
  stamp?: Stamp | undefined;
  /** Absent: the path is taken away. */
  after: { contents: Buffer; executable: boolean } | undefined;
}

/** What git's index is to hold for paths in conflict, and what it held. */
export interface IndexChange {
  before: IndexEntry[];
  after: IndexEntry[];
  /** Paths that a sparse checkout had left out and that are written now. */
  shown: string[];
}

/** One path of a journal; `null` is nothing. */
export interface Step {
  path: string;
  before: Fingerprint | null;
  after: Fingerprint | null;
}

/** What a journal says. */
export interface Journal {
  schemaVersion: 1;
  /** What the update was, for messages. */
  title: string;
  steps: Step[];
  /** Folders that were not there. */
  folders: string[];
  /** Empty folders that make way for a file. */
  hollow: string[];
  index?: IndexChange | undefined;
}

/** How far a journal was carried out. */
export interface Progress {
  complete: boolean;
  /** It is being undone, whether it was complete or not. */
  undoing: boolean;
}

/** Whether a process was killed while it carried the journal out or undid it. */
export const isCutOff = ({ complete, undoing }: Progress): boolean => undoing || !complete;

/** What is said where an update was cut off and something else is to begin. */
export const cutOff = ({
  title,
  undoing,
}: Pick<Journal & Progress, "title" | "undoing">): UpdateError =>
  new UpdateError(
    `an update was cut off${undoing ? " while it was undone" : ""}: ${title}`,
    undoing
      ? "run upgrade --abort to undo the rest of it"
      : "run upgrade to finish it, or upgrade --abort to undo it",
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isList = <T>(value: unknown, each: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(each);

/** A path of the repository that an update may write. */
function isPath(value: unknown): value is string {
  if (typeof value !== "string" || value.split("/").some((part) => /^\.git$/i.test(part)))
    return false;
  if (value === JOURNAL_FOLDER || value.startsWith(`${JOURNAL_FOLDER}/`)) return false;
  try {
    contained("", value);
    return true;
  } catch {
    return false;
  }
}

const FILE = /^file:[0-7]{4}:[0-9a-f]{64}$/;

const isMark = (value: unknown): value is string | null =>
  value === null ||
  (typeof value === "string" && (FILE.test(value) || /^(link:|directory$|special$)/.test(value)));

const isStep = (value: unknown): value is Step =>
  isObject(value) &&
  isPath(value.path) &&
  isMark(value.before) &&
  (value.after === null || (typeof value.after === "string" && FILE.test(value.after)));

const isEntry = (value: unknown): value is IndexEntry =>
  isObject(value) &&
  isPath(value.path) &&
  isObject(value.stages) &&
  Object.entries(value.stages).every(
    ([stage, entry]) =>
      /^[0-3]$/.test(stage) &&
      isObject(entry) &&
      /^(100644|100755|120000|160000)$/.test(String(entry.mode)) &&
      /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(String(entry.id)),
  );

const isIndexChange = (value: unknown): value is IndexChange =>
  isObject(value) &&
  isList(value.before, isEntry) &&
  isList(value.after, isEntry) &&
  isList(value.shown, isPath);

/** Whether a text is one line without anything that a terminal obeys. */
const isLine = (value: unknown): value is string =>
  typeof value === "string" && !/\p{Cc}/u.test(value);

/** What is wrong with a journal; undefined for nothing. */
function flaw(data: Record<string, unknown>): string | undefined {
  const { title, steps, folders, hollow, index } = data;
  if (!isLine(title)) return "its title";
  if (!isList(steps, isStep)) {
    const wrong = Array.isArray(steps) ? steps.find((step) => !isStep(step)) : undefined;
    return isObject(wrong) ? `its step ${JSON.stringify(wrong.path)}` : "its steps";
  }
  if (new Set(steps.map(({ path }) => path)).size < steps.length) return "its steps";
  if (!isList(folders, isPath) || !isList(hollow, isPath)) return "its folders";
  return index === undefined || isIndexChange(index) ? undefined : "its index";
}

/** Where the last journal lies: one that was set aside counts until its successor is there. */
export function placeOf(directory: string): string | undefined {
  for (const name of ["journal", "previous"]) {
    // It is given by a folder of the repository, which anybody may have committed.
    checkParents(directory, `${JOURNAL_FOLDER}/${name}/new/x`);
    checkParents(directory, `${JOURNAL_FOLDER}/${name}/old/x`);
    const place = join(folderOf(directory), name);
    if (factsOf(place) !== undefined) return place;
  }
  return undefined;
}

/** The journal of the last update, and how far it came; undefined where there is none. Throws `UpdateError`. */
export function readJournal(directory: string): (Journal & Progress) | undefined {
  const place = placeOf(directory);
  if (place === undefined) return undefined;
  const damaged = (what: string): UpdateError =>
    new UpdateError(
      `the journal of the last update is damaged: ${what}`,
      `bring the files back from git, then delete ${JOURNAL_FOLDER}`,
    );
  const file = join(place, "journal.json");
  if (factsOf(file)?.isFile() !== true) throw damaged("it has no plain file journal.json");
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw damaged("journal.json is not JSON");
  }
  if (!isObject(data)) throw damaged("journal.json is no journal");
  if (typeof data.schemaVersion === "number" && data.schemaVersion > 1)
    throw new UpdateError(
      "the journal of the last update was written by a newer version",
      "finish or undo it with that version",
    );
  const wrong = data.schemaVersion === 1 ? flaw(data) : "its schemaVersion";
  if (wrong !== undefined) throw damaged(`${wrong} cannot be one of ours`);
  return {
    ...(data as unknown as Journal),
    complete: factsOf(join(place, "complete")) !== undefined,
    undoing: factsOf(join(place, "undoing")) !== undefined,
  };
}
