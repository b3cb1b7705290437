/**
 * Changes many files of a repository as one: a journal first, each file by a rename, and a way back.
 * A process killed at any point leaves the tree as it was, or a journal from which the next run finishes or undoes.
 */
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { alive } from "./alive.ts";
import { sha256 } from "./digest.ts";
import type { IndexEntry } from "./git/stages.ts";
import { contained } from "./write.ts";

/** Where the journal lies in a repository. Git is told by a file inside it to leave it alone. */
const JOURNAL_FOLDER = ".hardened-eks/update";

/** The update cannot go on; nothing was changed by what threw it, unless it says so. */
export class UpdateError extends Error {
  override name = "UpdateError";
  readonly mend: string;
  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.mend = mend;
  }
}

/** What lies at a path: `file:0644:<sha256>`, `link:<target>`, `directory`; undefined for nothing. */
export type Fingerprint = string | undefined;

const modeWord = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");

/** What lies at a path; nothing also where a file stands in the place of a folder above it. */
export function factsOf(full: string): Stats | undefined {
  try {
    return lstatSync(full, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** What tells that nobody has written a file since it was read: far cheaper than to read it again. */
export type Stamp = Pick<Stats, "ino" | "dev" | "size" | "mode" | "mtimeMs" | "ctimeMs">;

/** A file system stamps files by a clock that lags by some milliseconds. */
export const CLOCK_MS = 20;

const SAME = ["ino", "dev", "size", "mode", "mtimeMs"] as const;

/** Also what a tool cannot set: the time of the last change of anything. A second name for the file changes it, too. */
const STRICTLY_SAME = [...SAME, "ctimeMs"] as const;

/** The stamp of a file; none where it was written so lately that the next write might show the same time. */
const stampOf = (facts: Stats | undefined, time: "mtimeMs" | "ctimeMs"): Stamp | undefined =>
  facts?.isFile() && facts[time] < Date.now() - CLOCK_MS ? facts : undefined;

function isAsStamped(
  full: string,
  stamp: Stamp | undefined,
  keys: readonly (keyof Stamp)[],
): boolean {
  if (stamp === undefined) return false;
  const facts = factsOf(full);
  return keys.every((key) => facts?.[key] === stamp[key]);
}

/** The fingerprint of what lies at a path, with the bytes and the stamp of a file; links are not followed. */
export function inspect(full: string): {
  mark: Fingerprint;
  contents?: Buffer;
  stamp?: Stamp | undefined;
} {
  const facts = factsOf(full);
  if (facts === undefined) return { mark: undefined };
  if (facts.isSymbolicLink()) return { mark: `link:${readlinkSync(full)}` };
  if (facts.isDirectory()) return { mark: "directory" };
  if (!facts.isFile()) return { mark: "special" };
  const contents = readFileSync(full);
  return { mark: markOf(facts, contents), contents, stamp: stampOf(facts, "ctimeMs") };
}

/** The fingerprint of what lies at a path; links are not followed. */
export const fingerprint = (full: string): Fingerprint => inspect(full).mark;

const markOf = ({ mode }: Stats, contents: Buffer): string =>
  `file:${modeWord(mode)}:${sha256(contents)}`;

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

/** Writes git's index. */
export type WriteIndex = (
  entries: readonly IndexEntry[],
  /** What a sparse checkout leaves out from now on, or no longer. */
  sparse: { shown?: readonly string[]; hidden?: readonly string[] },
) => void;

interface Step {
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

/** Asked at each write, by a test that wants to stop there. */
export type Hook = (what: string) => void;

export interface Applying {
  title: string;
  /** In the order they are written; the last one says that all is there. */
  changes: readonly Change[];
  index?: IndexChange | undefined;
  /** Called before the last change, and again when an update is finished or undone. */
  writeIndex?: WriteIndex | undefined;
  hook?: Hook | undefined;
}

const folderOf = (directory: string): string => join(directory, ...JOURNAL_FOLDER.split("/"));
const nothing: Hook = () => undefined;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Every folder above a path must be a folder: a link is never written through. Throws `UpdateError`.
 *
 * @param known folders that were looked at
 * @param leaving files that make way
 * @returns the topmost folder that is not there yet
 */
function checkParents(
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

/** Writes a new file; what somebody put in its place is taken away, never written through. */
function writeNew(file: string, contents: string | Buffer): void {
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, contents, { flag: "wx" });
}

/** The process that a lock names; undefined where the lock is gone, NaN where it names none. */
function ownerOf(lock: string): number | undefined {
  const facts = factsOf(lock);
  if (facts === undefined) return undefined;
  if (!facts.isFile()) return Number.NaN;
  try {
    const text = readFileSync(lock, "utf8").trim();
    return /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes this process the only one that updates the repository. Throws `UpdateError` where another one does. */
function claim(folder: string): void {
  const lock = join(folder, "running");
  const mine = join(folder, `running-${process.pid}`);
  const stale = `${mine}.stale`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      mkdirSync(folder, { recursive: true });
      // Before anything else is in it: git is not to see the folder, wherever this is killed.
      const ignore = join(folder, ".gitignore");
      if (factsOf(ignore)?.isFile() !== true) writeNew(ignore, "*\n");
      writeNew(mine, `${process.pid}\n`);
      // Made with its content in it: a lock that is there always says whose it is.
      linkSync(mine, lock);
      // The one before us may have taken it away as its last.
      if (factsOf(ignore) === undefined) writeNew(ignore, "*\n");
      return;
    } catch (error) {
      const code = codeOf(error);
      // The one before us took the folder away, or both of us wrote the same file.
      const again = code === "ENOENT" || (code === "EEXIST" && factsOf(lock) === undefined);
      if (!again && code !== "EEXIST") throw error;
      const owner = ownerOf(lock);
      if (attempt > 8 || (owner !== undefined && owner !== process.pid && alive(owner)))
        throw new UpdateError(
          `another update of this repository is running (process ${owner ?? "unknown"})`,
          `wait for it, then run again; if that process is something else, delete ${JOURNAL_FOLDER}/running`,
        );
      if (owner === undefined) continue;
      try {
        // By a name of our own: a second one that finds the same stale lock does not take away the lock of the first.
        renameSync(lock, stale);
        if (!Object.is(ownerOf(stale), owner)) linkSync(stale, lock);
      } catch (second) {
        if (codeOf(second) !== "ENOENT" && codeOf(second) !== "EEXIST") throw second;
      } finally {
        rmSync(stale, { recursive: true, force: true });
      }
    } finally {
      rmSync(mine, { force: true });
    }
  }
}

/** Runs `work` as the only update of the repository. Throws `UpdateError` where another one runs. */
export function alone<T>(directory: string, work: (folder: string) => T): T {
  const folder = folderOf(directory);
  checkParents(directory, `${JOURNAL_FOLDER}/x`);
  try {
    claim(folder);
  } catch (error) {
    throw inWords(error);
  }
  try {
    sweep(folder);
    return work(folder);
  } finally {
    release(folder);
  }
}

/** Takes away what killed processes left, and puts back what one of them had set aside. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, kind, pid] = /^(staging|old|running)-(\d+)(?:\.stale)?$/.exec(name) ?? [];
    if (kind !== undefined && (kind !== "running" || !alive(Number(pid))))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
  const place = join(folder, "journal");
  const previous = join(folder, "previous");
  if (factsOf(previous) === undefined) return;
  if (factsOf(place) === undefined) renameSync(previous, place);
  else if (factsOf(join(place, "complete")) !== undefined)
    rmSync(previous, { recursive: true, force: true });
}

/** Gives the lock back, and takes the folder away where nothing is kept in it. */
function release(folder: string): void {
  const names = factsOf(folder) === undefined ? [] : readdirSync(folder);
  const isIdle = names.every((name) => /^(\.gitignore|running.*)$/.test(name));
  if (isIdle) rmSync(join(folder, ".gitignore"), { force: true });
  rmSync(join(folder, "running"), { force: true });
  if (!isIdle) return;
  try {
    rmdirSync(folder);
  } catch {
    // Another update waits in it.
  }
}

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
function placeOf(directory: string): string | undefined {
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

/** Keeps what lies at a path under another name, by a link where the disk can: same bytes, same times. */
function keep(from: string, to: string): void {
  const facts = lstatSync(from);
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

/** Folders that hold what the steps take away. */
function emptied(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      folders.add(path.slice(0, at));
  return folders;
}

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
  const stamps: (Stamp | undefined)[] = [];
  const folders = new Set<string>();
  const empty: string[] = [];
  try {
    hook("stage");
    mkdirSync(join(staging, "new"), { recursive: true });
    mkdirSync(join(staging, "old"));
    for (const [number, { path, before, stamp, after }] of changes.entries()) {
      const full = contained(directory, path);
      const missing = checkParents(directory, path, known, leaving);
      const now = isAsStamped(full, stamp, STRICTLY_SAME) ? before : fingerprint(full);
      const bare = now === "directory" && before === undefined ? hollowAt(full, path) : undefined;
      if (bare !== undefined && !hollow.has(path)) empty.push(...bare);
      const isHollow =
        now === "directory" && before === undefined && (hollow.has(path) || bare !== undefined);
      if (now !== before && !isHollow)
        throw new UpdateError(
          `${path} changed while the update was planned`,
          "nothing was written; run again",
        );
      hook(`stage ${path}`);
      if (before?.startsWith("file:") || before?.startsWith("link:"))
        keep(full, join(staging, "old", String(number)));
      stamps.push(stampOf(factsOf(full), "mtimeMs"));
      steps.push({ path, before: before ?? null, after: null });
      if (after === undefined) continue;
      if (missing !== undefined)
        for (const parent of emptied([path]))
          if (`${parent}/`.startsWith(`${missing}/`)) folders.add(parent);
      const file = join(staging, "new", String(number));
      writeFileSync(file, after.contents, { mode: after.executable ? 0o777 : 0o666 });
      if (before?.startsWith("file:")) {
        // What the user allowed beyond that stays as it was.
        const was = Number.parseInt(before.split(":")[1] as string, 8);
        chmodSync(file, after.executable ? was | ((was & 0o444) >> 2) : was & ~0o111);
      }
      // Of what was to be written: read back, every byte would be read twice, and bad ones taken for right.
      (steps[number] as Step).after = markOf(lstatSync(file), after.contents);
    }
    const journal: Journal = {
      schemaVersion: 1,
      title,
      steps,
      folders: [...folders],
      hollow: empty,
      index,
    };
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
    forward(directory, applying, stamps);
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

const MENDS: Readonly<Record<string, string>> = {
  ENOSPC: "free space on the disk, then run again",
  EDQUOT: "the disk quota is used up: free space, then run again",
  EACCES: "you may not write there: change its permissions, then run again",
  EPERM: "you may not write there: change its permissions, then run again",
  EROFS: "the file system is read-only",
};

function inWords(error: unknown, outcome = "; the tree is as it was"): Error {
  if (error instanceof UpdateError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || MENDS[code] === undefined) return error as Error;
  return new UpdateError(
    `${path ?? "the repository"} could not be written (${code})${outcome}`,
    MENDS[code],
    { cause: error },
  );
}

/** What lies at a step's path. A folder that other steps empty or fill is nothing to a file in the same place. */
function looker(directory: string, steps: readonly Step[]): (step: Step) => string | null {
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
    forward(directory, { ...applying, index: journal.index });
  } catch (error) {
    throw inWords(error, "; the update is still unfinished");
  }
  return undefined;
}

/** A folder and those in it where there is nothing else; undefined where there is. */
function hollowAt(full: string, path: string): string[] | undefined {
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
function removeHollow(full: string): void {
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

const changed = (path: string): UpdateError =>
  new UpdateError(`${path} changed during the update`, "run again when nothing else writes here");

function forward(
  directory: string,
  { writeIndex, index, hook = nothing }: Pick<Applying, "writeIndex" | "index" | "hook">,
  stamps: readonly (Stamp | undefined)[] = [],
): void {
  const folder = folderOf(directory);
  const place = join(folder, "journal");
  const { steps } = readJournal(directory) as Journal;
  const look = looker(directory, steps);
  const known = new Set<string>();
  const run = (number: number): void => {
    const step = steps[number] as Step;
    const { path, before, after } = step;
    const full = contained(directory, path);
    const now = isAsStamped(full, stamps[number], SAME) ? before : look(step);
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

function removeEmpty(directory: string, path: string): void {
  const parts = path.split("/").slice(0, -1);
  for (; parts.length > 0; parts.pop()) {
    try {
      rmdirSync(contained(directory, parts.join("/")));
    } catch {
      return;
    }
  }
}

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

/** Whatever is no folder below a folder, by its path from there, sorted; links are not followed. */
export const filesBelow = (folder: string): string[] =>
  factsOf(folder)?.isDirectory() === true
    ? readdirSync(folder, { recursive: true, withFileTypes: true, encoding: "utf8" })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .sort()
    : [];

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
    keep(join(place, "old", String(number)), back);
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
