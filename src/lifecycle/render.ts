/** A render as the life cycle sees it: what is merged, and what is computed beside it. */
import type { Config } from "../options/config.ts";
import type { FileTree } from "../render/tree.ts";
import { formatLock, type Maker, rendered, sealed } from "./lock.ts";
import { type MergeTree, pack } from "./pack.ts";
import { BASE, LOCK } from "./paths.ts";

/** The tree of a render, in bytes. */
export const toMergeTree = (tree: FileTree): MergeTree =>
  new Map(
    [...tree].map(([path, { contents, mode, owner }]) => [
      path,
      { contents: Buffer.from(contents, "utf8"), executable: mode === 0o755, owner },
    ]),
  );

/** Lock and base of a new repository, by path. */
export async function sealOf(
  tree: FileTree,
  config: Config,
  maker: Maker,
): Promise<Map<string, { contents: string | Buffer; mode: 0o644 }>> {
  const files = new Map(
    [...tree].map(([path, file]) => [path, { ...file, executable: file.mode === 0o755 }] as const),
  );
  const base = await pack(files);
  const lock = formatLock(sealed(rendered(files, config, base.digest, maker)));
  return new Map([
    [BASE, { contents: base.bytes, mode: 0o644 }],
    [LOCK, { contents: lock, mode: 0o644 }],
  ]);
}
