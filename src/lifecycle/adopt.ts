/** Finds the base of a repository that lost its lock: the render that its files are nearest to. */
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commitsOf, fileAt, openRepository } from "../workspace/git/repository.ts";
import { alone } from "../workspace/journal/alone.ts";
import { apply } from "../workspace/journal/apply.ts";
import { fingerprint } from "../workspace/journal/places.ts";
import type { Change } from "../workspace/journal/record.ts";
import { formatLock, type Rendered, rendered, sealed } from "./lock.ts";
import { type MergeTree, pack } from "./pack.ts";
import { ANSWERS, BASE, LOCK, NEXT, NOT_MERGED } from "./paths.ts";
import { parseLock } from "./read-lock.ts";
import { toMergeTree } from "./render.ts";
import { unpack } from "./unpack.ts";
import type { Target } from "./update.ts";

/** A render that may be the base. */
export interface Candidate {
  version: string;
  /** Where it was found: a commit, or this version's own render. */
  source: string;
  tree: MergeTree;
  lock: Rendered;
  base: Buffer;
  /** Share of its lines that the repository has, 0 to 1. */
  likeness: number;
}

const MOST_COMMITS = 50;
const LARGE = 4 * 1024 * 1024;

/** Share of the render's lines that are in the files. */
function likenessOf(directory: string, tree: MergeTree): number {
  let all = 0;
  let found = 0;
  for (const [path, { contents }] of tree) {
    if (NOT_MERGED.has(path)) continue;
    const lines = contents.toString("utf8").split("\n");
    all += lines.length;
    const facts = lstatSync(join(directory, path), { throwIfNoEntry: false });
    if (!facts?.isFile() || facts.size > LARGE) continue;
    const bytes = readFileSync(join(directory, path));
    if (bytes.equals(contents)) {
      found += lines.length;
      continue;
    }
    const there = new Map<string, number>();
    for (const line of bytes.toString("utf8").split("\n"))
      there.set(line, (there.get(line) ?? 0) + 1);
    for (const line of lines) {
      const left = there.get(line) ?? 0;
      if (left > 0) {
        found += 1;
        there.set(line, left - 1);
      }
    }
  }
  return all === 0 ? 0 : found / all;
}

/**
 * The renders that may be the base, the nearest first: those of the git history whose digests hold, and this version's own.
 *
 * @param own render of the repository's answers by this version; absent where it has none
 */
export async function candidates(
  directory: string,
  own: Target | undefined,
  version: string,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const seen = new Set<string>();
  const repository = openRepository(directory);
  for (const commit of repository === undefined ? [] : commitsOf(repository, LOCK, MOST_COMMITS)) {
    const [lockText, base] = [LOCK, BASE].map((path) =>
      fileAt(repository as NonNullable<typeof repository>, commit, path),
    );
    if (lockText === undefined || base === undefined) continue;
    try {
      const {
        schemaVersion: _,
        pending: __,
        ...lock
      } = parseLock(lockText.toString("utf8"), version);
      const id = `${lock.version} ${lock.base}`;
      if (seen.has(id)) continue;
      const tree = unpack(base, lock.base, BASE);
      seen.add(id);
      const likeness = likenessOf(directory, tree);
      found.push({
        version: lock.version,
        source: `commit ${commit.slice(0, 12)}`,
        tree,
        lock,
        base,
        likeness,
      });
    } catch {
      // A commit in which lock and base do not belong together proves nothing.
    }
  }
  if (own !== undefined) {
    const tree = toMergeTree(own.tree);
    const base = await pack(tree);
    if (!seen.has(`${own.maker.version} ${base.digest}`))
      found.push({
        version: own.maker.version,
        source: "this version's render of hardened-eks.yaml",
        tree,
        lock: rendered(tree, own.config, base.digest, own.maker),
        base: base.bytes,
        likeness: likenessOf(directory, tree),
      });
  }
  return found.sort((a, b) => b.likeness - a.likeness);
}

/** Writes lock and base of a candidate, and the answers where they are gone. Nothing else changes. */
export function adoptAs(directory: string, { lock, base, tree }: Candidate): string[] {
  const change = (path: string, contents: Buffer | undefined): Change[] => {
    const before = fingerprint(join(directory, path));
    if (contents === undefined)
      return before === undefined ? [] : [{ path, before, after: undefined }];
    return [{ path, before, after: { contents, executable: false } }];
  };
  const answers = tree.get(ANSWERS)?.contents;
  const text = formatLock(sealed(lock));
  const changes = [
    ...(existsSync(join(directory, ANSWERS)) || answers === undefined
      ? []
      : change(ANSWERS, answers)),
    ...change(NEXT, undefined),
    ...change(BASE, base),
    ...change(LOCK, Buffer.from(text)),
  ];
  alone(directory, () => apply(directory, { title: `adopted as ${lock.version}`, changes }));
  return changes.map(({ path }) => path);
}
