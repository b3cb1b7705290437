/** What became of a project under an update. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { versionsOf } from "./cases.mjs";
import { commitAll, gitHolds, photograph, sameTree, visibleConflicts } from "./project.mjs";
import { ofTemplate, UNRELATED } from "./template.mjs";
import { attempt, makeProject } from "./tools.mjs";

/**
 * - `ok` both sides' changes are there
 * - `conflict` the tree, the index or the exit code shows what is open
 * - `named` the user's side is kept, the template's left out, and the output says so
 * - `silent` the same without a word
 * - `lost` what the user did is gone from the tree, and nothing says so; `lost!` and no commit has it
 * - `re-created` a file that the user removed is back
 * - `refused` nothing was changed, and the exit code says so
 * - `torn` the tree is half updated
 *
 * @typedef {"ok" | "conflict" | "named" | "silent" | "lost" | "lost!" | "re-created" | "refused" | "torn"} Outcome
 */

const OPEN_EXIT = 5;

/**
 * Judges one run by the tree and by what was said, never by what the tool is.
 *
 * @returns {Outcome}
 */
export function judge({ mine, theirs, before, after, outside, exitCode, conflicts, named, inGit }) {
  const excused = ({ path }) => conflicts.has(path);
  const failing = (checks) =>
    checks.filter((check) => !check.holds(after, outside) && !excused(check));
  const lost = failing(mine);
  if (lost.length > 0) {
    const otherwise = lost.every((check) => check.otherwise !== undefined);
    if (otherwise) return lost[0].otherwise;
    return lost.every(({ words }) => words === undefined || inGit(words)) ? "lost" : "lost!";
  }
  const isSame = sameTree(before, after);
  if (conflicts.size > 0) return "conflict";
  if (exitCode !== 0) return isSame ? "refused" : "torn";
  const missing = failing(theirs);
  if (missing.length === 0) return "ok";
  return missing.every(({ path }) => named(path)) ? "named" : "silent";
}

/**
 * Plays one case with one tool, in a fresh project.
 *
 * @param {import("./tools.mjs").Tool} tool
 * @param {import("./cases.mjs").Case} one
 */
export function play(tool, one, scratch) {
  const folder = join(scratch, `${tool.id}-${one.id}`);
  const outside = join(folder, "outside");
  mkdirSync(outside, { recursive: true });
  const { before, after } = versionsOf(one);
  const at = makeProject(tool, folder, before);
  one.edit?.({ ...at, outside, state: tool.state });
  commitAll(at.directory, "the user's work");
  const { history, withoutDocker, same } = one;
  const command = tool.update(at, after, { history, withoutDocker, before, same });
  one.leave?.({ ...at, outside });
  const seen = photograph(at.directory);
  const { exitCode, output, milliseconds } = attempt(command, at);
  const now = photograph(at.directory);
  const conflicts = visibleConflicts(at.directory, now);
  if (tool.id === "product" && exitCode === OPEN_EXIT)
    for (const [, path] of output.matchAll(/^open (.*)$/gm)) conflicts.add(path);
  const unrelated = {
    path: UNRELATED,
    holds: (tree) => tree.get(UNRELATED)?.bytes.includes(ofTemplate(UNRELATED)),
  };
  const outcome = judge({
    mine: one.mine ?? [],
    theirs: [...(one.theirs ?? []), ...(same ? [] : [unrelated])],
    before: seen,
    after: now,
    outside,
    exitCode,
    conflicts,
    named: (path) => tool.names(output, path),
    inGit: (words) => gitHolds(at.directory, words),
  });
  rmSync(folder, { recursive: true, force: true });
  return { outcome, exitCode, milliseconds, output };
}
