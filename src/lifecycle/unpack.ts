/** Reads a packed base, and trusts nothing in it. */
import { brotliDecompressSync } from "node:zlib";
import type { Owner } from "../blueprint/types.ts";
import { UpdateError } from "../workspace/journal/error.ts";
import { digest, type MergeFile, type MergeTree, type PackedFile } from "./pack.ts";
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
  const data = JSON.parse(text.toString("utf8")) as { schemaVersion: number; files: PackedFile[] };
  if (data.schemaVersion !== 1)
    return fail(`has schema version ${data.schemaVersion}, which a newer version wrote`);
  const tree = new Map<string, MergeFile>();
  for (const [path, mode, owner, contents] of data.files) {
    if (!isSafePath(path) || tree.has(path) || !OWNERS.includes(owner))
      return fail(`names ${JSON.stringify(path)}, which cannot be a file of this repository`);
    tree.set(path, { contents: Buffer.from(contents, "utf8"), executable: mode === "755", owner });
  }
  return tree;
}
