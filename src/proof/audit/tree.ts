/** Reads a repository for an audit: bounded, no link followed out of it, nothing written. */
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { Place } from "../../controls/evidence/value.ts";

/** Far above any real repository: the walk ends, whatever it meets. */
const MAX_ENTRIES = 500_000;
/** Files that a person writes are smaller. */
const MAX_FILE = 8 * 1024 * 1024;
const SKIPPED = new Set(["node_modules", ".git", ".terraform", ".hardened-eks"]);

export interface FileProblem {
  place: Place;
  message: string;
}

export interface RepositoryTree {
  /** Paths of every file, sorted. */
  paths: readonly string[];
  problems: FileProblem[];
  /** Text of a file; undefined where there is none, or none that may be read. */
  read(path: string): string | undefined;
}

/** Walks the repository. */
export function readTree(directory: string, signal?: AbortSignal): RepositoryTree {
  const top = realpathSync(directory);
  const paths: string[] = [];
  const problems: FileProblem[] = [];
  let seen = 0;
  const queue = [""];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    signal?.throwIfAborted();
    let entries: import("node:fs").Dirent[];
    try {
      entries = readdirSync(join(top, at), { withFileTypes: true });
    } catch (error) {
      problems.push({
        place: { file: at || ".", line: 1 },
        message: `This directory cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      });
      continue;
    }
    seen += entries.length;
    if (seen > MAX_ENTRIES) {
      problems.push({
        place: { file: ".", line: 1 },
        message: `The repository has more than ${MAX_ENTRIES} files; not all of them were looked at.`,
      });
      break;
    }
    for (const entry of entries) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) queue.push(path);
      } else if (entry.isFile() || (entry.isSymbolicLink() && staysInside(top, path)))
        paths.push(path);
    }
  }
  const known = new Set(paths);
  const texts = new Map<string, string | undefined>();
  const read = (path: string): string | undefined => {
    if (!known.has(path)) return undefined;
    if (!texts.has(path)) texts.set(path, readText(top, path, problems));
    return texts.get(path);
  };
  return { paths: paths.sort(), problems, read };
}

/** A link to a file of the repository is read as that file; every other is passed over. */
function staysInside(top: string, path: string): boolean {
  try {
    const real = realpathSync(join(top, path));
    return real.startsWith(top + sep) && statSync(real).isFile();
  } catch {
    return false;
  }
}

function readText(top: string, path: string, problems: FileProblem[]): string | undefined {
  const fail = (message: string): undefined => {
    problems.push({ place: { file: path, line: 1 }, message });
    return undefined;
  };
  try {
    const file = join(top, path);
    const facts = lstatSync(file);
    const size = facts.isSymbolicLink() ? statSync(file).size : facts.size;
    if (size > MAX_FILE)
      return fail(
        `This file is larger than ${MAX_FILE / 1024 / 1024} MiB, nobody wrote that by hand.`,
      );
    const bytes = readFileSync(file);
    if (bytes.includes(0)) return fail("This file is binary.");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail(
      code === "ERR_ENCODING_INVALID_ENCODED_DATA"
        ? "This file is not UTF-8 text."
        : `This file cannot be read (${code ?? message}).`,
    );
  }
}
