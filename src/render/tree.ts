/** What a render gives: files in memory, sorted by path. */
import type { Owner } from "../blueprint/types.ts";

export interface TreeFile {
  contents: string;
  /** POSIX mode: 0o644, or 0o755 for a script. */
  mode: 0o644 | 0o755;
  owner: Owner;
  /** The template it came from; absent where it was computed. */
  template?: string;
}

/** Path (forward slashes, relative) to file. */
export type FileTree = ReadonlyMap<string, TreeFile>;
