/** Reads a packed base, and trusts nothing in it. */
import { brotliDecompressSync } from "node:zlib";
import type { Owner } from "../blueprint/types.ts";
import { UpdateError } from "../workspace/journal/error.ts";
import { digest, type MergeFile, type MergeTree, type PackHead } from "./pack.ts";
import { isSafePath } from "./paths.ts";

/** Far above any repository that this makes (the default one has half a MiB), far below what exhausts memory. */
const LIMIT_MIB = 64;
const OWNERS: readonly Owner[] = ["managed", "merged", "once", "user"];

/**
 * Reads a pack. Throws `UpdateError` where it is damaged, is not what `expected` says, or names a place outside.
 *
 * @param expected digest from the lock
 */
export function unpack(bytes: Buffer, expected: string, name: string): MergeTree {
  if (last?.expected === expected && last.bytes.equals(bytes)) return last.tree;
  const tree = read(bytes, expected, name);
  last = { bytes, expected, tree };
  return tree;
}

/** What the first versions wrote: all of it one line of JSON, the files' texts in it. */
interface FirstHead {
  schemaVersion: 1;
  files: [path: string, mode: "644" | "755", owner: Owner, text: string][];
}

const END_OF_LINE = 10;

/** A run reads the same pack more than once, each time to be sure that it is still the same. */
let last: { bytes: Buffer; expected: string; tree: MergeTree } | undefined;

function read(bytes: Buffer, expected: string, name: string): MergeTree {
  const fail = (message: string, cause?: unknown): never => {
    throw new UpdateError(
      `${name} ${message}`,
      "bring it back from git, or run `create-hardened-eks adopt` to find the base anew",
      { cause },
    );
  };
  let text: Buffer;
  try {
    text = brotliDecompressSync(bytes, { maxOutputLength: LIMIT_MIB * 1024 * 1024 });
  } catch (error) {
    return fail("is damaged: it cannot be unpacked", error);
  }
  if (digest(text) !== expected)
    return fail("is not the one that .hardened-eks/lock.json names: its digest is another");
  const end = text.indexOf(END_OF_LINE);
  let head: Partial<PackHead | FirstHead> | null;
  try {
    head = JSON.parse(text.toString("utf8", 0, end === -1 ? text.length : end));
  } catch (error) {
    return fail("does not begin with a line of JSON, so another version wrote it", error);
  }
  const { schemaVersion, files } = head ?? {};
  if (schemaVersion !== 1 && schemaVersion !== 2)
    return fail(`has schema version ${schemaVersion}, which a newer version wrote`);
  if (!Array.isArray(files)) return fail("is damaged: it has no list of files");
  const tree = new Map<string, MergeFile>();
  let at = end + 1;
  const take = (length: number): Buffer | undefined => {
    if (!Number.isSafeInteger(length) || length < 0 || at + length > text.length) return undefined;
    at += length;
    return text.subarray(at - length, at);
  };
  for (const [path, mode, owner, held] of files) {
    if (!isSafePath(path) || tree.has(path) || !OWNERS.includes(owner))
      return fail(`names ${JSON.stringify(path)}, which cannot be a file of this repository`);
    const contents = typeof held === "string" ? Buffer.from(held) : take(held);
    if (contents === undefined) return fail(`is damaged: ${path} is not whole in it`);
    tree.set(path, { contents, executable: mode === "755", owner });
  }
  return tree;
}
