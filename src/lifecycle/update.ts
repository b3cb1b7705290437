/** One update of a repository: planned without touching it, then applied, finished or undone as a whole. */
import { readFileSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../options/config.ts";
import type { FileTree } from "../render/tree.ts";
import { sha256 } from "../workspace/digest.ts";
import {
  fileAt,
  look,
  openRepository,
  type Repository,
  type Sighting,
} from "../workspace/git/repository.ts";
import { type IndexEntry, indexEntries, storeBlobs, writeIndex } from "../workspace/git/stages.ts";
import type { Blob } from "../workspace/git/workshop.ts";
import { alone } from "../workspace/journal/alone.ts";
import { apply } from "../workspace/journal/apply.ts";
import { UpdateError } from "../workspace/journal/error.ts";
import { factsOf, type Stamp } from "../workspace/journal/facts.ts";
import { editedSince, finish } from "../workspace/journal/finish.ts";
import type { Hook, WriteIndex } from "../workspace/journal/forward.ts";
import { type Fingerprint, fingerprint, inspect } from "../workspace/journal/places.ts";
import { type Change, cutOff, isCutOff, readJournal } from "../workspace/journal/record.ts";
import { undo } from "../workspace/journal/undo.ts";
import { isCrlf, withCrlf } from "./line-ends.ts";
import { formatLock, type Lock, type Maker, type Rendered, rendered, sealed } from "./lock.ts";
import { labelOf } from "./markers.ts";
import { changedPaths, mergeTrees, withoutOnce } from "./merge.ts";
import { nowPlaced, openPaths, showsInIndex, unplacedPaths } from "./open.ts";
import { blobAt, type Ours, readOurs } from "./ours.ts";
import { type MergeTree, pack } from "./pack.ts";
import { ANSWERS, BASE, LOCK, NEXT } from "./paths.ts";
import { isOpen, type Merge, type MergedItem } from "./plan.ts";
import { toMergeTree } from "./render.ts";
import { readState, type State } from "./state.ts";

/** What the repository is to become. */
export interface Target {
  tree: FileTree;
  config: Config;
  /** `hardened-eks.yaml` as it is to be written, comments kept. */
  answers: string;
  maker: Maker;
  /** The repository leaves the product: answers, lock and base go. */
  ejected?: boolean;
}

export interface UpdateOptions {
  directory: string;
  allowDirty?: boolean | undefined;
  /** An empty directory outside the repository, for git. */
  scratch: string;
  /** What git saw before; absent: it looks now. */
  sighting?: Promise<Sighting> | undefined;
  /** Files beside the render that a migration brings: path to text. Written where nothing is at the path. */
  additions?: (() => ReadonlyMap<string, string>) | undefined;
}

interface Seen {
  mark: Fingerprint;
  stamp: Stamp | undefined;
  /** Its lines end as on Windows. */
  isCrlf: boolean;
}

function see(directory: string, path: string, facts?: Stats): Seen {
  const { mark, contents, stamp } = inspect(join(directory, path), facts);
  return { mark, stamp, isCrlf: contents !== undefined && isCrlf(contents) };
}

/** A planned update. */
export interface Update {
  directory: string;
  from: Lock;
  maker: Maker;
  items: MergedItem[];
  /** Whether anything at all would be written. */
  changes: boolean;
  /** @internal what `applyUpdate` needs */
  readonly inner: {
    repository: Repository | undefined;
    scratch: string;
    state: State;
    target: Target;
    /** The record of the render, with the base of the last one. */
    record: Rendered;
    /** The new base, packed beside all that comes before it is written. */
    packed: ReturnType<typeof pack>;
    /** Paths that a sparse checkout leaves out of the work tree. */
    leftOut: Ours["leftOut"];
    /** What lay at the paths when they were read. */
    seen: ReadonlyMap<string, Seen>;
  };
}

/** Reads a repository whose last update is finished. Throws `UpdateError` where it is not. */
function readFinished(directory: string, version: string): State {
  // First: lock and base do not fit together while they are written.
  const journal = readJournal(directory);
  if (journal !== undefined && isCutOff(journal)) throw cutOff(journal);
  const state = readState(directory, version);
  if (state.lock.pending !== undefined)
    throw new UpdateError(
      `the update to ${state.lock.pending.version} is not finished`,
      "resolve its conflicts, then run upgrade; or upgrade --abort",
    );
  return state;
}

/** Plans an update; writes nothing in the repository. Throws `UpdateError` or `GitError`. */
export async function planUpdate(target: Target, options: UpdateOptions): Promise<Update> {
  const { directory, allowDirty = false, scratch } = options;
  const looking = options.sighting ?? look(directory);
  const own = [ANSWERS, BASE, NEXT, LOCK];
  const seen = new Map(own.map((path) => [path, see(directory, path)]));
  const state = readFinished(directory, target.maker.version);
  const { base } = state;
  const theirs = withoutOnce(base, toMergeTree(target.tree));
  // Compressed on another core, before git needs it.
  const packed = pack(theirs);
  const sides = { base, theirs, locked: state.lock.files, allowDirty };
  let sighting = await looking;
  let ours = readOurs(directory, sighting, sides);
  if (ours.stale) {
    // Somebody wrote while git looked, or since.
    sighting = await look(directory);
    ours = readOurs(directory, sighting, sides);
  }
  const { repository, hasGit } = sighting;
  const shared = { base, theirs, ours, repository, label: labelOf(target.maker) };
  const merging = hasGit
    ? mergeTrees({ ...shared, workshop: scratch })
    : Promise.resolve(undefined);
  // What fails below has said enough.
  merging.catch(() => undefined);
  // Git takes a while: once it is started, what else there is to do is done beside it.
  await new Promise(setImmediate);
  const record = rendered(theirs, target.config, state.lock.base, target.maker);
  for (const path of changedPaths(shared))
    seen.set(path, see(directory, path, ours.facts.get(path)));
  const additions = options.additions?.();
  const items = settleOccupied(
    directory,
    (await merging) ?? (await mergeOnDisk(directory, shared)),
  );
  const all = [...items, ...additionItems(directory, additions)].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  for (const { path, from } of all)
    for (const each of from === undefined ? [path] : [path, from])
      if (!seen.has(each)) seen.set(each, see(directory, each));
  return {
    directory,
    from: state.lock,
    maker: target.maker,
    items: all,
    changes:
      all.some(({ action }) => action !== "none") ||
      all.some(isOpen) ||
      target.answers !== state.answers ||
      formatLock(sealed(record, state.lock)) !== state.lockText,
    inner: { repository, scratch, state, target, record, packed, leftOut: ours.leftOut, seen },
  };
}

/** The merge where git cannot merge trees: line by line. */
async function mergeOnDisk(
  directory: string,
  merge: Omit<Merge, "workshop">,
): Promise<MergedItem[]> {
  const { base, theirs, repository } = merge;
  const ours = onDisk(directory, merge.ours, [base, theirs], repository);
  return (await mergeTrees({ ...merge, ours, workshop: undefined })) as MergedItem[];
}

/** Without git to merge, every file of either render counts as it lies on disk. */
function onDisk(
  directory: string,
  ours: Ours,
  renders: readonly MergeTree[],
  repository: Repository | undefined,
): Ours {
  const overlay = new Map(ours.overlay);
  for (const path of new Set(renders.flatMap((render) => [...render.keys()]))) {
    if (overlay.has(path) || ours.blocked.has(path) || ours.occupied.has(path)) continue;
    const entry = ours.entries.get(path);
    const blob = blobAt(directory, path);
    if (blob !== undefined) overlay.set(path, blob);
    else if (entry !== undefined && repository?.head !== undefined) {
      // Git does not miss it, so a sparse checkout has left it out.
      const contents = fileAt(repository, repository.head, path);
      if (contents !== undefined) overlay.set(path, { contents, mode: entry.mode });
    }
  }
  return { ...ours, overlay };
}

/** A file that lies where a new one goes, and says the same, is no obstacle. */
function settleOccupied(directory: string, items: readonly MergedItem[]): MergedItem[] {
  return items.map((item) => {
    if (item.class !== "occupied" || item.theirs === undefined) return item;
    if (fileOn(directory, item.path)?.equals(item.theirs.contents) !== true) return item;
    const { note: _, ...same } = item;
    return { ...same, class: "same" };
  });
}

/** Lines of a text that say something. */
const statements = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

/** A name for an added file at which nothing lies; undefined where a file says the same already. */
function placeFor(directory: string, path: string, text: string): string | undefined {
  for (let number = 1; ; number += 1) {
    const place = number === 1 ? path : path.replace(/(\.[^./]*)?$/, `-${number}$1`);
    if (fingerprint(join(directory, place)) === undefined) return place;
    const there = new Set(statements(fileOn(directory, place)?.toString("utf8") ?? ""));
    if (statements(text).every((line) => there.has(line))) return undefined;
  }
}

/** Files of a migration. They count by what they say, not by their name: a file of the user's that has it is left alone. */
function additionItems(
  directory: string,
  additions: ReadonlyMap<string, string> = new Map(),
): MergedItem[] {
  return [...additions].flatMap(([path, text]): MergedItem[] => {
    // A root that the user took away has nothing to carry over.
    if (fingerprint(join(directory, dirname(path))) !== "directory") return [];
    const place = placeFor(directory, path, text);
    if (place === undefined) return [];
    const theirs = { contents: Buffer.from(text), mode: "100644" };
    return [
      {
        path: place,
        class: "new",
        owner: "user",
        action: "write",
        result: theirs,
        theirs,
        note: "delete it when every environment has been applied",
      },
    ];
  });
}

/** Bytes of a plain file. */
const fileOn = (directory: string, path: string | undefined): Buffer | undefined =>
  path !== undefined && factsOf(join(directory, path))?.isFile()
    ? readFileSync(join(directory, path))
    : undefined;

const isExecutable = ({ mode }: Blob): boolean => mode === "100755";

/** The changes on disk, the lock last. */
async function changesOf(update: Update): Promise<Change[]> {
  const { items, inner } = update;
  const { state, target, seen } = inner;
  const changes: Change[] = [];
  for (const { path, action, result, from } of items) {
    if (action === "none") continue;
    const { mark: before, stamp } = seen.get(path) as Seen;
    if (action === "delete" || result === undefined) {
      if (before !== undefined) changes.push({ path, before, stamp, after: undefined });
      continue;
    }
    const like = before?.startsWith("file:") || from === undefined ? path : from;
    const contents = seen.get(like)?.isCrlf ? withCrlf(result.contents) : result.contents;
    changes.push({
      path,
      before: before === "directory" ? undefined : before,
      stamp,
      after: { contents, executable: isExecutable(result) },
    });
  }
  if (target.ejected) {
    for (const path of [ANSWERS, BASE, NEXT, LOCK]) {
      const before = seen.get(path)?.mark;
      if (before !== undefined) changes.push({ path, before, after: undefined });
    }
    return changes;
  }
  const base = await inner.packed;
  const next = { ...inner.record, base: base.digest };
  const open = items.filter(isOpen).map(({ path }) => path);
  const computed = (path: string, contents: Buffer | string): void => {
    const bytes = Buffer.from(contents as string);
    const before = seen.get(path)?.mark;
    if (before?.endsWith(`:${sha256(bytes)}`)) return;
    changes.push({ path, before, after: { contents: bytes, executable: false } });
  };
  if (target.answers !== state.answers) computed(ANSWERS, target.answers);
  if (open.length === 0) {
    // The same render keeps its bytes, whatever the compressor of this machine makes of them.
    if (base.digest !== state.lock.base) computed(BASE, base.bytes);
    computed(LOCK, formatLock(sealed(next, state.lock)));
  } else {
    computed(NEXT, base.bytes);
    const unplaced = unplacedPaths(items, inner.repository);
    computed(LOCK, formatLock({ ...state.lock, pending: { ...next, conflicts: open, unplaced } }));
  }
  return changes;
}

/** Index entries that make an editor show a three-way merge, with what the index held. */
function indexChange(
  { items, inner: { repository, leftOut, scratch } }: Update,
  changes: readonly Change[],
): { before: IndexEntry[]; after: IndexEntry[]; shown: string[] } | undefined {
  if (repository?.head === undefined) return undefined;
  const open = items.filter(showsInIndex);
  // Also what is taken away there: else git would go on to show it as it was.
  const shown = [
    ...changes.map(({ path }) => path),
    ...items.filter(({ action }) => action === "delete").map(({ path }) => path),
    ...open.map(({ path }) => path),
  ].filter((path) => leftOut.has(path));
  if (open.length === 0 && shown.length === 0) return undefined;
  const before = indexEntries(repository, [
    ...new Set([...open.map(({ path }) => path), ...shown]),
  ]);
  const sidesOf = ({ base, ours, theirs }: MergedItem): (Blob | undefined)[] => [
    base,
    ours,
    theirs,
  ];
  const ids = storeBlobs(
    repository,
    open.flatMap(sidesOf).flatMap((side) => (side === undefined ? [] : [side.contents])),
    scratch,
  );
  const after = open.map((item): IndexEntry => {
    const stages: IndexEntry["stages"] = {};
    for (const [index, side] of sidesOf(item).entries())
      if (side !== undefined)
        stages[(index + 1) as 1 | 2 | 3] = { mode: side.mode, id: ids.shift() as string };
    return { path: item.path, stages };
  });
  return { before, after, shown };
}

/** Writes what differs: an index that is locked by a killed git stands in nobody's way who has nothing to say. */
const indexWriter =
  (repository: Repository | undefined): WriteIndex =>
  (entries, sparse) => {
    if (repository === undefined) return;
    const now = new Map(
      indexEntries(
        repository,
        entries.map(({ path }) => path),
      ).map((entry) => [entry.path, JSON.stringify(entry.stages)]),
    );
    const changed = entries.filter(({ path, stages }) => now.get(path) !== JSON.stringify(stages));
    writeIndex(repository, changed, sparse);
  };

function titleOf({ from, maker, inner }: Update): string {
  if (inner.target.ejected) return "eject";
  return from.version === maker.version
    ? `other answers for ${maker.version}`
    : `${from.version} to ${maker.version}`;
}

/** How an update ended. */
export interface Applied {
  /** Paths that a person has to look at. */
  open: MergedItem[];
  written: string[];
}

/** Applies a planned update. Throws `UpdateError` with the tree as it was. */
export async function applyUpdate(update: Update, hook?: Hook): Promise<Applied> {
  const { directory, items, inner } = update;
  const changes = await changesOf(update);
  if (changes.length === 0) return { open: [], written: [] };
  return alone(directory, () => {
    const index = indexChange(update, changes);
    apply(directory, {
      title: titleOf(update),
      changes,
      index,
      writeIndex: indexWriter(inner.repository),
      hook,
    });
    return { open: items.filter(isOpen), written: changes.map(({ path }) => path) };
  });
}

/** What a run finds before it can plan anything. */
export type Unfinished =
  /** A process was killed while it wrote, or while it undid what was written. */
  | { kind: "cut-off"; title: string; undoing: boolean }
  /** Conflicts of the last update are still there. */
  | { kind: "open"; version: string; conflicts: string[]; toDo: Record<string, string> }
  /** They are resolved; only the lock does not say so yet. */
  | { kind: "resolved"; version: string; conflicts: string[] };

/** Whether an update was cut off: then lock and base need not fit together. Writes nothing. */
export function cutOffUpdate(directory: string): Unfinished | undefined {
  const journal = readJournal(directory);
  return journal !== undefined && isCutOff(journal)
    ? { kind: "cut-off", title: journal.title, undoing: journal.undoing }
    : undefined;
}

/** Whether an update is unfinished, and how; undefined where none is. Writes nothing. */
export function unfinished(directory: string, version: string): Unfinished | undefined {
  const left = cutOffUpdate(directory);
  if (left !== undefined) return left;
  const state = readState(directory, version);
  const { pending } = state.lock;
  if (pending === undefined) return undefined;
  const open = openPaths(directory, openRepository(directory), state);
  return open.size > 0
    ? {
        kind: "open",
        version: pending.version,
        conflicts: [...open.keys()],
        toDo: Object.fromEntries(open),
      }
    : { kind: "resolved", version: pending.version, conflicts: pending.conflicts };
}

/**
 * Carries a killed update to its end, or one that was killed while it was undone back to its beginning.
 * Throws `UpdateError` where somebody wrote in between.
 *
 * @returns paths whose later edits were kept aside
 */
export function finishCutOff(directory: string, hook?: Hook): string[] {
  const repository = openRepository(directory);
  return (
    alone(directory, () => finish(directory, { writeIndex: indexWriter(repository), hook })) ?? []
  );
}

/** Makes the pending render the last one: its conflicts are resolved. Throws `UpdateError` where they are not. */
export function finishResolved(directory: string, version: string, hook?: Hook): void {
  alone(directory, () => {
    const at = (path: string): Fingerprint => fingerprint(join(directory, path));
    const before = { [BASE]: at(BASE), [NEXT]: at(NEXT), [LOCK]: at(LOCK) };
    const state = readState(directory, version);
    const { pending } = state.lock;
    if (pending === undefined || state.next === undefined) return;
    if (unfinished(directory, version)?.kind !== "resolved")
      throw new UpdateError("conflicts are still open", "resolve them, then run upgrade");
    const { conflicts: _, unplaced: __, ...render } = pending;
    const lock = Buffer.from(formatLock(sealed(render, state.lock)));
    const step = (path: keyof typeof before, contents: Buffer | undefined): Change => ({
      path,
      before: before[path],
      after: contents === undefined ? undefined : { contents, executable: false },
    });
    apply(directory, {
      title: `to ${pending.version}, conflicts resolved`,
      changes: [
        ...nowPlaced(directory, state),
        step(BASE, state.next.bytes),
        step(NEXT, undefined),
        step(LOCK, lock),
      ],
      hook,
    });
  });
}

/**
 * Puts everything back as it was before the last update.
 *
 * @returns paths whose later edits were kept aside, below `.hardened-eks/update/kept`
 * @throws UpdateError where there is no update to undo, or it was finished and its files were edited since
 */
export function abortUpdate(directory: string, hook?: Hook): { title: string; kept: string[] } {
  const journal = readJournal(directory);
  if (journal === undefined)
    throw new UpdateError(
      "there is no update to undo",
      "an update is undone as long as .hardened-eks/update is there",
    );
  const isFinished = !isCutOff(journal) && !isPendingLock(directory);
  const edited = isFinished ? editedSince(directory, journal) : [];
  if (edited.length > 0)
    throw new UpdateError(
      `the last update (${journal.title}) was finished, and these files changed since: ${edited.join(", ")}`,
      "undo it with git instead",
    );
  const repository = openRepository(directory);
  const kept = alone(directory, () =>
    undo(directory, { writeIndex: indexWriter(repository), hook }),
  );
  return { title: journal.title, kept };
}

function isPendingLock(directory: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(directory, LOCK), "utf8")) as Lock).pending !== undefined;
  } catch {
    return false;
  }
}
