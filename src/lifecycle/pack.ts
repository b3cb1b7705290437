/** The base: what was rendered last, packed into one file. It is the ancestor of the next merge. */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompressSync, constants } from "node:zlib";
import type { Owner } from "../blueprint/types.ts";
import { UpdateError } from "../workspace/journal.ts";
import { isSafePath } from "./paths.ts";

/** A file of a tree that takes part in a merge. */
export interface MergeFile {
  contents: Buffer;
  executable: boolean;
  owner: Owner;
}

/** Path (forward slashes, relative) to file. */
export type MergeTree = ReadonlyMap<string, MergeFile>;

/** Far above any repository that this makes (the default one has half a MiB), far below what exhausts memory. */
const LIMIT_MIB = 64;
const OWNERS: readonly Owner[] = ["managed", "merged", "once", "user"];

type Entry = [path: string, mode: "644" | "755", owner: Owner, contents: string];

const compress = promisify(brotliCompress);

/** `sha256:<hex>` of the text or bytes. */
export const digest = (data: string | Buffer): string =>
  `sha256:${createHash("sha256").update(data).digest("hex")}`;

/**
 * Packs a tree. The same tree gives the same bytes.
 *
 * @returns the packed bytes, and the digest of what they hold, which does not depend on the compressor
 */
export async function pack(tree: MergeTree): Promise<{ bytes: Buffer; digest: string }> {
  const entries: Entry[] = [...tree]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { contents, executable, owner }]) => [
      path,
      executable ? "755" : "644",
      owner,
      contents.toString("utf8"),
    ]);
  const text = Buffer.from(JSON.stringify({ schemaVersion: 1, files: entries }));
  // Compressed beside the event loop, while the caller writes its files.
  const bytes = await compress(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  return { bytes, digest: digest(text) };
}

/**
 * Reads a pack. Throws `UpdateError` where it is damaged, is not what `expected` says, or names a place outside.
 *
 * @param expected digest from the lock
 */
export function unpack(bytes: Buffer, expected: string, name: string): MergeTree {
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
  const data = JSON.parse(text.toString("utf8")) as { schemaVersion: number; files: Entry[] };
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
