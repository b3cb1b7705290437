/** Brings files back to the render, and makes lock and base anew where a merge of branches tore them. */
import { join } from "node:path";
import compareVersions from "semver/functions/compare.js";
import { alone } from "../workspace/journal/alone.ts";
import { apply } from "../workspace/journal/apply.ts";
import { UpdateError } from "../workspace/journal/error.ts";
import { type Fingerprint, fingerprint } from "../workspace/journal/places.ts";
import type { Change } from "../workspace/journal/record.ts";
import { formatLock, rendered, sealed } from "./lock.ts";
import { digest, pack } from "./pack.ts";
import { BASE, LOCK, NEXT } from "./paths.ts";
import { toMergeTree } from "./render.ts";
import { readText } from "./state.ts";
import type { Target } from "./update.ts";

/** Versions that a torn lock names, both sides of a conflict included. */
const versionsIn = (text: string): string[] =>
  [...text.matchAll(/^[ +<>=]*"version": "(\d+\.\d+\.\d+[^"]*)"/gm)].map(
    (match) => match[1] as string,
  );

/**
 * Writes lock and base as the render of the current answers. The files themselves stay as the merge of the branches left them.
 * Throws `UpdateError` where another version has to do it: a render of ours would then not be the ancestor of the files.
 *
 * @returns the paths that were written
 */
export async function rebuildLock(directory: string, target: Target): Promise<string[]> {
  const text = readText(directory, LOCK);
  if (text === undefined)
    throw new UpdateError(`there is no ${LOCK}`, "run `create-hardened-eks adopt`");
  const [newest] = versionsIn(text).sort((a, b) => compareVersions(b, a));
  if (newest === undefined)
    throw new UpdateError(
      `${LOCK} names no version`,
      "bring it back from git, or run `create-hardened-eks adopt`",
    );
  if (compareVersions(newest, target.maker.version) !== 0)
    throw new UpdateError(
      `${LOCK} was written by ${newest}, and this is ${target.maker.version}`,
      `run \`npx create-hardened-eks@${newest} check --fix\`, then upgrade`,
    );
  const tree = toMergeTree(target.tree);
  const base = await pack(tree);
  const lock = formatLock(sealed(rendered(tree, target.config, base.digest, target.maker)));
  return write(directory, "lock and base", [
    [BASE, base.bytes],
    [NEXT, undefined],
    [LOCK, Buffer.from(lock)],
  ]);
}

/** Writes the paths as the render has them; what was there is kept until the next update. */
export function restoreFiles(
  directory: string,
  target: Target,
  paths: readonly string[],
): string[] {
  const tree = toMergeTree(target.tree);
  return write(
    directory,
    "files as rendered",
    paths.map((path) => [path, tree.get(path)?.contents, tree.get(path)?.executable ?? false]),
  );
}

function write(
  directory: string,
  title: string,
  files: readonly (readonly [path: string, contents: Buffer | undefined, executable?: boolean])[],
): string[] {
  const changes = files.flatMap(([path, contents, executable = false]): Change[] => {
    const before = fingerprint(join(directory, path));
    if (before === "directory" || before === "special")
      throw new UpdateError(`${path} is no file`, "move what is there away, then run again");
    if (contents === undefined)
      return before === undefined ? [] : [{ path, before, after: undefined }];
    if (isSame(before, contents, executable)) return [];
    return [{ path, before, after: { contents, executable } }];
  });
  if (changes.length > 0) alone(directory, () => apply(directory, { title, changes }));
  return changes.map(({ path }) => path);
}

/** Whether a file says the same already, and is executable or not as it should be. */
function isSame(mark: Fingerprint, contents: Buffer, executable: boolean): boolean {
  const [kind, mode = "", sum] = mark?.split(":") ?? [];
  return (
    kind === "file" &&
    `sha256:${sum}` === digest(contents) &&
    ((Number.parseInt(mode, 8) & 0o100) !== 0) === executable
  );
}
