/** The lock: which version rendered what, last. */
import compareVersions from "semver/functions/compare.js";
import validVersion from "semver/functions/valid.js";
import type { Owner } from "../blueprint/types.ts";
import { UpdateError } from "../workspace/journal.ts";
import { digest, type MergeTree } from "./pack.ts";
import { isSafePath, LOCK, NOT_MERGED } from "./paths.ts";


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
  pending?: Rendered & { conflicts: string[] };
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
  tree: MergeTree,
  config: unknown,
  base: string,
  { version, templates }: Maker,
): Rendered {
  const files: Record<string, LockedFile> = {};
  for (const [path, { contents, executable, owner }] of tree)
    if (!NOT_MERGED.has(path))
      files[path] = {
        sha256: digest(contents).slice("sha256:".length),
        mode: executable ? "0755" : "0644",
        owner,
      };
  return { version, config: configDigest(config), templates, base, files };
}

/** The lock as it is written. */
export const formatLock = (lock: Lock): string => `${JSON.stringify(lock, null, 2)}\n`;

const isVersion = (text: unknown): text is string =>
  typeof text === "string" && validVersion(text) === text;

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const HEX = /^[0-9a-f]{64}$/;
const OWNERS = ["managed", "merged", "once", "user"];

function whatIsWrong(data: Rendered): string | undefined {
  if (!isVersion(data.version)) return "version";
  for (const key of ["config", "templates", "base"] as const)
    if (typeof data[key] !== "string" || !DIGEST.test(data[key])) return key;
  if (typeof data.files !== "object" || data.files === null) return "files";
  for (const [path, file] of Object.entries(data.files))
    if (
      !isSafePath(path) ||
      typeof file !== "object" ||
      !HEX.test(file?.sha256) ||
      !/^0(644|755)$/.test(file.mode) ||
      !OWNERS.includes(file.owner)
    )
      return `files[${JSON.stringify(path)}]`;
  return undefined;
}

/**
 * Reads a lock. Throws `UpdateError` where it is none, is damaged, or was written by a newer version.
 *
 * @param version of the product that reads it
 */
export function parseLock(text: string, version: string): Lock {
  const fail = (message: string, mend: string, cause?: unknown): never => {
    throw new UpdateError(`${LOCK} ${message}`, mend, { cause });
  };
  if (/^(<<<<<<<|>>>>>>>) /m.test(text))
    return fail(
      "has conflict markers",
      "take either side of it, then run `create-hardened-eks check --fix`",
    );
  let data: Lock;
  try {
    data = JSON.parse(text) as Lock;
  } catch (error) {
    return fail("is not JSON", "bring it back from git, or run `create-hardened-eks adopt`", error);
  }
  if (typeof data !== "object" || data === null)
    return fail("is no lock", "bring it back from git, or run `create-hardened-eks adopt`");
  if (typeof data.schemaVersion === "number" && data.schemaVersion > 1)
    return fail(
      `has schema version ${data.schemaVersion}, and this version reads 1`,
      `use create-hardened-eks ${isVersion(data.version) ? data.version : "of the version that wrote it"} or newer`,
    );
  const wrong = data.schemaVersion === 1 ? whatIsWrong(data) : "schemaVersion";
  const pendingWrong = data.pending === undefined ? undefined : whatIsWrong(data.pending);
  if (wrong !== undefined || pendingWrong !== undefined)
    return fail(
      `is damaged at ${wrong ?? `pending.${pendingWrong}`}`,
      "bring it back from git, or run `create-hardened-eks adopt`",
    );
  const newest = data.pending?.version ?? data.version;
  if (compareVersions(newest, version) > 0)
    return fail(
      `was written by version ${newest}, and this is ${version}`,
      `use create-hardened-eks@${newest} or newer`,
    );
  return data;
}
