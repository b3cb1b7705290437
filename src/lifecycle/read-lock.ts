/** Reads a lock, and trusts nothing in it. */
import compareVersions from "semver/functions/compare.js";
import validVersion from "semver/functions/valid.js";
import { UpdateError } from "../workspace/journal/error.ts";
import type { Lock, Rendered } from "./lock.ts";
import { hasMarkers } from "./markers.ts";
import { isSafePath, LOCK } from "./paths.ts";

const isVersion = (text: unknown): text is string =>
  typeof text === "string" && validVersion(text) === text;

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const HEX = /^[0-9a-f]{64}$/;
const OWNERS = ["managed", "merged", "once", "user"];

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function whatIsWrong(data: Rendered): string | undefined {
  if (!isVersion(data.version)) return "version";
  for (const key of ["config", "templates", "base"] as const)
    if (typeof data[key] !== "string" || !DIGEST.test(data[key])) return key;
  if (!isObject(data.files)) return "files";
  for (const [path, file] of Object.entries(data.files))
    if (
      !isSafePath(path) ||
      !isObject(file) ||
      !HEX.test(file.sha256) ||
      !/^0(644|755)$/.test(file.mode) ||
      !OWNERS.includes(file.owner)
    )
      return `files[${JSON.stringify(path)}]`;
  return undefined;
}

function whatIsWrongPending(pending: NonNullable<Lock["pending"]>): string | undefined {
  if (!isObject(pending)) return "pending";
  for (const key of ["conflicts", "unplaced"] as const)
    if (!Array.isArray(pending[key]) || !pending[key].every(isSafePath)) return `pending.${key}`;
  const wrong = whatIsWrong(pending);
  return wrong === undefined ? undefined : `pending.${wrong}`;
}

/**
 * Reads a lock. Throws `UpdateError` where it is none, is damaged, or was written by a newer version.
 *
 * @param version of the product that reads it
 */
export function parseLock(text: string, version: string): Lock {
  if (last?.text === text && last.version === version) return last.lock;
  const lock = parse(text, version);
  last = { text, version, lock };
  return lock;
}

/** A run reads the same lock more than once, each time to be sure that it is still the same. */
let last: { text: string; version: string; lock: Lock } | undefined;

function parse(text: string, version: string): Lock {
  const fail = (message: string, mend: string, cause?: unknown): never => {
    throw new UpdateError(`${LOCK} ${message}`, mend, { cause });
  };
  if (hasMarkers(text))
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
  const pendingWrong = data.pending === undefined ? undefined : whatIsWrongPending(data.pending);
  if (wrong !== undefined || pendingWrong !== undefined)
    return fail(
      `is damaged at ${wrong ?? pendingWrong}`,
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
