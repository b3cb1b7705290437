/** One update of a repository at a time, by a lock that says whose it is. */
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { alive } from "../alive.ts";
import { codeOf, inWords, UpdateError } from "./error.ts";
import { factsOf } from "./facts.ts";
import { checkParents, writeNew } from "./places.ts";
import { folderOf, JOURNAL_FOLDER } from "./record.ts";

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
