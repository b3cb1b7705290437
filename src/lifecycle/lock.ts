/** The lock: which version rendered what, last. */
import type { Owner } from "../blueprint/types.ts";
import { sha256 } from "../workspace/digest.ts";
import { digest } from "./pack.ts";
import { NOT_MERGED } from "./paths.ts";

/** A file as the last render left it. */
export interface LockedFile {
  sha256: string;
  mode: "0644" | "0755";
  owner: Owner;
}

/** One render: who made it, from what, and every file of it. */
export interface Rendered {
  /** Version of the product. */
  version: string;
  /** Digest of the Config. */
  config: string;
  /** Digest of the templates. */
  templates: string;
  /** Digest of the packed base. */
  base: string;
  files: Record<string, LockedFile>;
}

export interface Lock extends Rendered {
  schemaVersion: 1;
  /** An update that is not all there: its conflicts are open. */
  pending?: Rendered & {
    conflicts: string[];
    /** Those at which nothing could be written: something of the user's is in the way. */
    unplaced: string[];
  };
}

/** What makes renders: a version of the product with its templates. */
export interface Maker {
  version: string;
  templates: string;
}

/** Digest of a Config, whatever the order of its keys. */
export function configDigest(config: unknown): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .filter(([, item]) => item !== undefined)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, item]) => [key, sorted(item)]),
          )
        : value;
  return digest(JSON.stringify(sorted(config)));
}

/** The record of one render. */
export function rendered(
  tree: ReadonlyMap<string, { contents: string | Buffer; executable: boolean; owner: Owner }>,
  config: unknown,
  base: string,
  { version, templates }: Maker,
): Rendered {
  const files: Record<string, LockedFile> = {};
  for (const [path, { contents, executable, owner }] of tree)
    if (!NOT_MERGED.has(path))
      files[path] = {
        sha256: sha256(contents),
        mode: executable ? "0755" : "0644",
        owner,
      };
  return { version, config: configDigest(config), templates, base, files };
}

const OWN_KEYS: readonly string[] = [
  "schemaVersion",
  "version",
  "config",
  "templates",
  "base",
  "files",
  "pending",
];

/** The lock of a finished render; what a user noted in the last one stays in it. */
export const sealed = (render: Rendered, last: object = {}): Lock => ({
  schemaVersion: 1,
  ...render,
  ...Object.fromEntries(Object.entries(last).filter(([key]) => !OWN_KEYS.includes(key))),
});

/** The lock as it is written. */
export const formatLock = (lock: Lock): string => `${JSON.stringify(lock, null, 2)}\n`;
