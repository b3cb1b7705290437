/**
 * Changes many files of a repository as one: a journal first, each file by a rename, and a way back.
 * A process killed at any point leaves the tree as it was, or a journal from which the next run finishes or undoes.
 */
import { createHash } from "node:crypto";
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
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { IndexEntry } from "./git.ts";
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

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const modeWord = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");

/** The fingerprint of what lies at a path; links are not followed. */
export function fingerprint(full: string): Fingerprint {
  const facts = lstatSync(full, { throwIfNoEntry: false });
  if (facts === undefined) return undefined;
  if (facts.isSymbolicLink()) return `link:${readlinkSync(full)}`;
  if (facts.isDirectory()) return "directory";
  if (!facts.isFile()) return "special";
  return `file:${modeWord(facts.mode)}:${digestOf(readFileSync(full))}`;
}

/** One path to change. */
export interface Change {
  path: string;
  /** What the plan saw there; anything else by now stops the update before it begins. */
  before: Fingerprint;
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
  index: IndexChange | undefined;
}

/** Asked at each write, by a test that wants to stop there. */
export type Hook = (what: string) => void;

export interface Applying {
  title: string;
  /** In the order they are written; the last one says that all is there. */
  changes: readonly Change[];
  index?: IndexChange | undefined;
  /** Writes git's index; called before the last change, and again when an update is finished or undone. */
  writeIndex?: ((entries: readonly IndexEntry[], shown: readonly string[]) => void) | undefined;
  hook?: Hook | undefined;
}

const folderOf = (directory: string): string => join(directory, ...JOURNAL_FOLDER.split("/"));
const nothing: Hook = () => undefined;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Every folder above a path must be a folder: a link is never written through. Throws `UpdateError`. */
function checkParents(directory: string, path: string, known: Set<string>): void {
  const parents = path.split("/").slice(0, -1);
  for (let length = 1; length <= parents.length; length += 1) {
    const parent = parents.slice(0, length).join("/");
    if (known.has(parent)) continue;
    const facts = lstatSync(contained(directory, parent), { throwIfNoEntry: false });
    if (facts === undefined) return;
    if (!facts.isDirectory())
      throw new UpdateError(
        `${parent} is ${facts.isSymbolicLink() ? "a symbolic link" : "no directory"}, and ${path} is to be written below it`,
        "put the directory back, or move what is there away",
      );
    known.add(parent);
  }
}

/** Runs `work` as the only update of the repository. Throws `UpdateError` where another one runs. */
export function alone<T>(directory: string, work: (folder: string) => T): T {
  const folder = folderOf(directory);
  checkParents(directory, `${JOURNAL_FOLDER}/x`, new Set());
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, "running");
  const mine = join(folder, `running-${process.pid}`);
  writeFileSync(mine, `${process.pid}\n`);
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // Made with its content in it: a lock that is there always says whose it is.
        linkSync(mine, lock);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const owner = Number(readFileSync(lock, "utf8"));
        if (attempt > 1 || (owner !== process.pid && alive(owner)))
          throw new UpdateError(
            `another update of this repository is running (process ${owner})`,
            "wait for it, then run again",
          );
        unlinkSync(lock);
      }
    }
  } finally {
    unlinkSync(mine);
  }
  try {
    writeFileSync(join(folder, ".gitignore"), "*\n");
    for (const name of readdirSync(folder)) {
      const pid = /^(?:staging|old|running)-(\d+)$/.exec(name)?.[1];
      if (pid !== undefined && (Number(pid) === process.pid || !alive(Number(pid))))
        rmSync(join(folder, name), { recursive: true, force: true });
    }
    return work(folder);
  } finally {
    rmSync(lock, { force: true });
    removeIfIdle(directory);
  }
}

/** Takes the folder away where nothing is kept in it. */
function removeIfIdle(directory: string): void {
  const folder = folderOf(directory);
  const left = readdirSync(folder).filter((name) => name !== ".gitignore");
  if (left.length === 0) rmSync(folder, { recursive: true, force: true });
}

/** The journal of the last update, and whether it was carried out to its end; undefined where there is none. */
export function readJournal(directory: string): (Journal & { complete: boolean }) | undefined {
  const folder = join(folderOf(directory), "journal");
  let text: string;
  try {
    text = readFileSync(join(folder, "journal.json"), "utf8");
  } catch {
    return undefined;
  }
  const journal = JSON.parse(text) as Journal;
  if (journal.schemaVersion !== 1)
    throw new UpdateError(
      "the journal of the last update was written by a newer version",
      "finish or undo it with that version",
    );
  const complete = lstatSync(join(folder, "complete"), { throwIfNoEntry: false }) !== undefined;
  return { ...journal, complete };
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

/**
 * Carries out the changes. Call it inside `alone`.
 * Throws `UpdateError` with nothing changed where a path is not as planned or cannot be written.
 */
export function apply(directory: string, applying: Applying): void {
  const { changes, title, index, hook = nothing } = applying;
  const folder = folderOf(directory);
  const last = readJournal(directory);
  if (last !== undefined && !last.complete)
    throw new UpdateError(
      `an update was cut off: ${last.title}`,
      "run upgrade to finish it, or upgrade --abort to undo it",
    );
  const staging = join(folder, `staging-${process.pid}`);
  const known = new Set<string>();
  const steps: Step[] = [];
  try {
    hook("stage");
    mkdirSync(join(staging, "new"), { recursive: true });
    mkdirSync(join(staging, "old"));
    for (const [number, { path, before, after }] of changes.entries()) {
      const full = contained(directory, path);
      checkParents(directory, path, known);
      if (fingerprint(full) !== before)
        throw new UpdateError(
          `${path} changed while the update was planned`,
          "nothing was written; run again",
        );
      hook(`stage ${path}`);
      if (before?.startsWith("file:") || before?.startsWith("link:"))
        keep(full, join(staging, "old", String(number)));
      steps.push({ path, before: before ?? null, after: null });
      if (after === undefined) continue;
      const file = join(staging, "new", String(number));
      writeFileSync(file, after.contents, { mode: after.executable ? 0o777 : 0o666 });
      if (before?.startsWith("file:")) {
        // What the user allowed beyond that stays as it was.
        const was = Number.parseInt(before.split(":")[1] as string, 8);
        chmodSync(file, after.executable ? was | ((was & 0o444) >> 2) : was & ~0o111);
      }
      (steps[number] as Step).after = fingerprint(file) ?? null;
    }
    const journal: Journal = { schemaVersion: 1, title, steps, index };
    hook("journal");
    writeFileSync(join(staging, "journal.json"), JSON.stringify(journal));
    const place = join(folder, "journal");
    hook("begin");
    if (last !== undefined) renameSync(place, join(folder, `old-${process.pid}`));
    renameSync(staging, place);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw inWords(error);
  }
  rmSync(join(folder, `old-${process.pid}`), { recursive: true, force: true });
  try {
    forward(directory, applying);
  } catch (error) {
    const words = inWords(error);
    try {
      undo(directory, applying);
    } catch (second) {
      throw new UpdateError(
        `${words.message}; and it could not be undone: ${(second as Error).message}`,
        "mend that, then run upgrade --abort",
        { cause: error },
      );
    }
    throw words;
  }
}

function inWords(error: unknown): Error {
  if (error instanceof UpdateError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const mends: Record<string, string> = {
    ENOSPC: "free space on the disk, then run again",
    EDQUOT: "the disk quota is used up: free space, then run again",
    EACCES: "you may not write there: change its permissions, then run again",
    EPERM: "you may not write there: change its permissions, then run again",
    EROFS: "the file system is read-only",
  };
  if (code === undefined || mends[code] === undefined) return error as Error;
  return new UpdateError(
    `${path ?? "the repository"} could not be written (${code}); the tree is as it was`,
    mends[code],
    { cause: error },
  );
}

/** Goes from wherever the tree is to the end of the journal. Call it inside `alone`. */
export function finish(directory: string, applying: Pick<Applying, "writeIndex" | "hook">): void {
  const journal = readJournal(directory);
  if (journal === undefined || journal.complete) return;
  const strange = journal.steps.filter(({ path, before, after }) => {
    const now = fingerprint(contained(directory, path)) ?? null;
    return now !== before && now !== after;
  });
  if (strange.length > 0)
    throw new UpdateError(
      `an update was cut off, and since then somebody changed ${strange.map(({ path }) => path).join(", ")}`,
      "run upgrade --abort: it undoes the update and keeps these files aside",
    );
  forward(directory, { ...applying, index: journal.index });
}

function forward(
  directory: string,
  { writeIndex, index, hook = nothing }: Pick<Applying, "writeIndex" | "index" | "hook">,
): void {
  const place = join(folderOf(directory), "journal");
  const { steps } = readJournal(directory) as Journal;
  const run = (number: number): void => {
    const { path, before, after } = steps[number] as Step;
    const full = contained(directory, path);
    const now = fingerprint(full) ?? null;
    if (now === after) return;
    if (now !== before)
      throw new UpdateError(
        `${path} changed during the update`,
        "run again when nothing else writes here",
      );
    hook(`write ${path}`);
    if (after === null) {
      unlinkSync(full);
      removeEmpty(directory, path);
      return;
    }
    checkParents(directory, path, new Set());
    mkdirSync(dirname(full), { recursive: true });
    renameSync(join(place, "new", String(number)), full);
  };
  const deletions = steps.flatMap(({ after }, number) => (after === null ? [number] : []));
  const writes = steps.flatMap(({ after }, number) => (after === null ? [] : [number]));
  // Files go first: where one was, a folder may be wanted.
  for (const number of deletions) run(number);
  for (const number of writes.slice(0, -1)) run(number);
  if (index !== undefined) {
    hook("index");
    writeIndex?.(index.after, index.shown);
  }
  for (const number of writes.slice(-1)) run(number);
  hook("complete");
  writeFileSync(join(place, "complete"), "");
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

/**
 * Puts the tree back as it was before the last update. Call it inside `alone`.
 *
 * @returns paths that somebody changed after the update: what lay there is kept below `.hardened-eks/update/kept`
 */
export function undo(
  directory: string,
  { writeIndex, hook = nothing }: Pick<Applying, "writeIndex" | "hook">,
): string[] {
  const journal = readJournal(directory);
  if (journal === undefined) return [];
  const folder = folderOf(directory);
  const place = join(folder, "journal");
  const kept: string[] = [];
  // Writes back to front, so that the lock is the first to say what is true.
  const order = [...journal.steps.entries()].sort(
    ([a, left], [b, right]) =>
      Number(left.before !== null) - Number(right.before !== null) || b - a,
  );
  for (const [number, { path, before, after }] of order) {
    const full = contained(directory, path);
    const now = fingerprint(full) ?? null;
    if (now === before) continue;
    checkParents(directory, path, new Set());
    if (now !== after && now !== null) {
      hook(`keep ${path}`);
      const aside = join(folder, "kept", path);
      mkdirSync(dirname(aside), { recursive: true });
      renameSync(full, freeName(aside));
      kept.push(path);
    }
    hook(`restore ${path}`);
    if (before === null) {
      rmSync(full, { force: true });
      removeEmpty(directory, path);
      continue;
    }
    if (before === "directory" || before === "special") continue;
    mkdirSync(dirname(full), { recursive: true });
    const back = join(folder, `old-${process.pid}`);
    rmSync(back, { recursive: true, force: true });
    keep(join(place, "old", String(number)), back);
    renameSync(back, full);
  }
  if (journal.index !== undefined) {
    hook("index");
    writeIndex?.(journal.index.before, []);
  }
  hook("forget");
  renameSync(place, join(folder, `old-${process.pid}`));
  rmSync(join(folder, `old-${process.pid}`), { recursive: true, force: true });
  return kept;
}

function freeName(wanted: string): string {
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? wanted : `${wanted}.${number}`;
    if (lstatSync(name, { throwIfNoEntry: false }) === undefined) return name;
  }
}
