/** The life cycle's own files of a repository, as they lie on disk. */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UpdateError } from "../workspace/journal/error.ts";
import type { Lock } from "./lock.ts";
import type { MergeTree } from "./pack.ts";
import { ANSWERS, BASE, LOCK, NEXT } from "./paths.ts";
import { parseLock } from "./read-lock.ts";
import { unpack } from "./unpack.ts";

export interface State {
  lock: Lock;
  /** The text of the lock. */
  lockText: string;
  base: MergeTree;
  /** The render of an update whose conflicts are open. */
  next: { tree: MergeTree; bytes: Buffer } | undefined;
  /** The text of `hardened-eks.yaml`. */
  answers: string;
}

const LIMIT_MIB = 32;

/** Bytes of a file that is a plain file and has no link above it; undefined where there is none. Throws `UpdateError`. */
function readPlain(directory: string, path: string): Buffer | undefined {
  const refuse = (what: string): never => {
    throw new UpdateError(
      `${path} is ${what}`,
      "put the plain file back; nothing was read or written",
    );
  };
  const folder = path.split("/").slice(0, -1).join("/");
  if (folder !== "") {
    const facts = lstatSync(join(directory, folder), { throwIfNoEntry: false });
    if (facts === undefined) return undefined;
    if (!facts.isDirectory()) refuse(`below ${folder}, which is no directory`);
  }
  const facts = lstatSync(join(directory, path), { throwIfNoEntry: false });
  if (facts === undefined) return undefined;
  if (facts.isSymbolicLink()) refuse("a symbolic link");
  if (!facts.isFile()) refuse("no file");
  if (facts.size > LIMIT_MIB * 1024 * 1024) refuse(`larger than ${LIMIT_MIB} MiB`);
  return readFileSync(join(directory, path));
}

/** The text of a file of the repository. Throws `UpdateError` where it is none or cannot be read as text. */
export function readText(directory: string, path: string): string | undefined {
  const bytes = readPlain(directory, path);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UpdateError(`${path} is not UTF-8 text`, "bring it back from git", { cause });
  }
}

/** Reads and checks all of it. Throws `UpdateError` where something is missing or is not what it says. */
export function readState(directory: string, version: string): State {
  const lockText = readText(directory, LOCK);
  const answers = readText(directory, ANSWERS);
  if (answers === undefined)
    throw new UpdateError(
      `${directory} has no ${ANSWERS}`,
      "name the directory of a repository that create-hardened-eks made",
    );
  if (lockText === undefined)
    throw new UpdateError(
      `there is no ${LOCK}, so what was rendered last is not known`,
      "where a sparse checkout leaves it out, run `git sparse-checkout add .hardened-eks`; else `create-hardened-eks adopt` finds the version by the contents of the files",
    );
  const lock = parseLock(lockText, version);
  const bytes = readPlain(directory, BASE);
  if (bytes === undefined)
    throw new UpdateError(
      `there is no ${BASE}, so your edits cannot be told from ours`,
      "bring it back from git, or run `create-hardened-eks adopt`",
    );
  const base = unpack(bytes, lock.base, BASE);
  let next: State["next"];
  if (lock.pending !== undefined) {
    const nextBytes = readPlain(directory, NEXT);
    if (nextBytes === undefined)
      throw new UpdateError(
        `an update is unfinished and ${NEXT} is gone`,
        "bring it back from git, or run `create-hardened-eks upgrade --abort`",
      );
    next = { tree: unpack(nextBytes, lock.pending.base, NEXT), bytes: nextBytes };
  }
  return { lock, lockText, base, next, answers };
}
