/** Writes a new repository: a sibling temporary directory, then one rename. */
import { spawn } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { alive } from "./alive.ts";

/** A file to write; the shape that src/render gives. */
export interface NewFile {
  contents: string | Buffer;
  mode: number;
}

/** Why a directory cannot take a new repository. */
export class TargetError extends Error {
  override name = "TargetError";
  readonly mend: string;
  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.mend = mend;
  }
}

function isCurrent(directory: string): boolean {
  try {
    return realpathSync(directory) === realpathSync(process.cwd());
  } catch {
    return false;
  }
}

const code = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "unknown error";

/** What lies at a path; undefined where nothing does. */
function factsOf(path: string, onError: (error: unknown) => undefined): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return onError(error);
  }
}

/** Throws `TargetError` where the directory is not absent or empty. Touches nothing. */
export function checkTarget(directory: string): void {
  const facts = factsOf(directory, (error) => {
    throw new TargetError(
      `${directory} cannot be used (${code(error)})`,
      "choose another directory",
      { cause: error },
    );
  });
  if (facts?.isSymbolicLink())
    throw new TargetError(`${directory} is a symbolic link`, "name the directory it points to");
  if (facts !== undefined && !facts.isDirectory())
    throw new TargetError(`${directory} is a file`, "choose another directory");
  if (facts !== undefined && readdirSync(directory).length > 0)
    throw new TargetError(
      `${directory} is not empty`,
      "choose another directory, or empty this one; an existing repository is never written over",
    );
  if (facts !== undefined && isCurrent(directory))
    throw new TargetError(
      `${directory} is the current directory`,
      "it would be replaced under your shell: run from its parent and name it, or name a new one",
    );
  const parent = dirname(directory);
  const above = factsOf(parent, () => undefined);
  if (above !== undefined && !above.isDirectory() && !above.isSymbolicLink())
    throw new TargetError(`${parent} is a file`, "choose another directory");
}

/** The place inside `root` that a relative path names. Throws `TargetError` for a path that leaves it. */
export function contained(root: string, path: string): string {
  // By its parts and not by resolve() and relative(): those cost more than writing the file.
  const leaves = path.split("/").some((part) => part === "" || part === "." || part === "..");
  if (leaves || /[\0\\]/.test(path) || (process.platform === "win32" && path.includes(":")))
    throw new TargetError(`${JSON.stringify(path)} leaves the repository`, "nothing was written");
  return `${root}${sep}${path}`;
}

/** Eight hex digits that this process has not used; mkdir refuses a name that is taken. */
const moment = (): string => (process.hrtime.bigint() & 0xffffffffn).toString(16).padStart(8, "0");

const PREFIX = ".create-hardened-eks-";

/** A repository written beside its target, not yet in place. */
export interface Staged {
  /** The temporary directory that holds it. */
  directory: string;
  /** Writes more files into it. */
  add(files: ReadonlyMap<string, NewFile>): Promise<void>;
  /** Moves it to the target. */
  commit(): Promise<void>;
  /** Removes it; harmless after `commit`. */
  discard(): Promise<void>;
}

/**
 * Writes the files into a temporary sibling of `target`.
 * Nothing is left behind by a failure, an abort, or a kill of this process.
 */
export async function stage(
  target: string,
  files: ReadonlyMap<string, NewFile>,
  signal: AbortSignal,
): Promise<Staged> {
  const parent = dirname(target);
  const madeParent = firstMade(parent);
  await sweep(parent);
  const directory = join(
    parent,
    `${PREFIX}${process.pid}-${moment()}-${basename(target)}`.slice(0, 200),
  );
  const guard = watch([directory], madeParent);
  const discard = async (): Promise<void> => {
    await rm(directory, { recursive: true, force: true });
    if (madeParent !== undefined) await removeEmpty(parent, madeParent);
    guard.release();
  };
  const folders = new Set<string>();
  const add: Staged["add"] = async (more) => {
    try {
      await writeAll(directory, more, folders, signal);
    } catch (error) {
      await discard();
      throw error instanceof TargetError ? error : describe(error, target);
    }
  };
  await add(files);
  return {
    directory,
    discard,
    add,
    commit: async () => {
      signal.throwIfAborted();
      try {
        // An empty target is replaced; one that was filled meanwhile makes this fail.
        if (process.platform === "win32") await rmdir(target).catch(() => undefined);
        renameSync(directory, target);
      } catch (error) {
        await discard();
        throw describe(error, target);
      }
      guard.release();
    },
  };
}

/**
 * Synchronous on purpose: for many small files awaiting each costs five times the write itself.
 *
 * @param made folders that were made already; those made here are added
 */
async function writeAll(
  directory: string,
  files: ReadonlyMap<string, NewFile>,
  made: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  // One at a time: `recursive` looks at every folder above first.
  const makeFolder = (folder: string): void => {
    if (made.has(folder)) return;
    if (folder !== directory) makeFolder(dirname(folder));
    mkdirSync(folder);
    made.add(folder);
  };
  let written = 0;
  for (const [path, file] of files) {
    const full = contained(directory, path);
    makeFolder(dirname(full));
    writeFileSync(full, file.contents, { mode: file.mode, flag: "wx" });
    written += 1;
    // A signal is heard only when the event loop turns.
    if (written % 32 === 0) await new Promise(setImmediate);
    signal.throwIfAborted();
  }
}

function describe(error: unknown, target: string): Error {
  const mends: Record<string, string> = {
    ENOSPC: "free space on the disk, then run again",
    EDQUOT: "the disk quota is used up: free space, then run again",
    EACCES: "you may not write there: choose another directory",
    EPERM: "you may not write there: choose another directory",
    EROFS: "the file system is read-only: choose another directory",
    ENOTEMPTY: "it was filled meanwhile: choose another directory",
    EEXIST: "it was filled meanwhile: choose another directory",
    ENAMETOOLONG: "choose a shorter name",
    ENOTDIR: "a part of it is no directory: choose another",
    EBUSY: "it is a mount point: name a directory inside it",
    EXDEV: "it lies on another file system: name a directory inside it",
  };
  const mend = mends[code(error)];
  if (mend === undefined) return error instanceof Error ? error : new Error(String(error));
  return new TargetError(`${target} could not be written (${code(error)})`, mend, { cause: error });
}

/** Makes the parents of the target; the topmost one that was made, for the way back. */
function firstMade(parent: string): string | undefined {
  try {
    return mkdirSync(parent, { recursive: true });
  } catch (error) {
    throw describe(error, parent);
  }
}

async function removeEmpty(from: string, upTo: string): Promise<void> {
  for (let at = from; at.length >= upTo.length; at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

/**
 * Removes the directories when this process dies without having released the guard.
 * A shell waits on a pipe that only we hold: SIGKILL closes it too. (Not on Windows: `sweep` does it at the next run.)
 */
function watch(
  directories: readonly string[],
  madeParent: string | undefined,
): { release(): void } {
  if (process.platform === "win32") return { release: () => undefined };
  const script =
    'read -r word; [ "$word" = done ] && exit 0; sleep 0.1; rm -rf -- "$1"; [ -n "$2" ] && find "$2" -depth -type d -empty -delete; exit 0';
  const child = spawn("/bin/sh", ["-c", script, "sh", ...directories, madeParent ?? ""], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => undefined); // no shell: the next run sweeps
  child.stdin?.on("error", () => undefined);
  child.unref();
  (child.stdin as unknown as { unref?(): void })?.unref?.();
  return {
    release: () => {
      child.stdin?.end("done\n");
    },
  };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Removes what killed runs left beside the target. */
async function sweep(parent: string): Promise<void> {
  for (const name of namesIn(parent)) {
    const match = /^\.create-hardened-eks-(\d+)-[0-9a-f]{8}-/.exec(name);
    if (match === null || alive(Number(match[1]))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
