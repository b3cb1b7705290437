/** Base, ours and theirs to one plan: by git where it can merge trees, else line by line. */
import { mergeByGit } from "./by-git.ts";
import { mergeLines } from "./lines.ts";
import { sameFile } from "./ours.ts";
import type { MergeTree } from "./pack.ts";
import { NOT_MERGED } from "./paths.ts";
import type { Merge, MergedItem } from "./plan.ts";
import { ownerOf, sidesOf, takenOver, untouchedOf } from "./sides.ts";

/** Paths that the new render changes, with both sides. */
export function changedPaths({ base, theirs }: Pick<Merge, "base" | "theirs">): string[] {
  return [...new Set([...base.keys(), ...theirs.keys()])]
    .filter((path) => !NOT_MERGED.has(path) && !sameFile(base.get(path), theirs.get(path)))
    .sort();
}

/** The new render as far as it is merged: what was given once stays the user's. */
export function withoutOnce(base: MergeTree, theirs: MergeTree): MergeTree {
  const result = new Map(theirs);
  for (const [path, file] of base)
    if (file.owner === "once" && theirs.get(path)?.owner !== "merged") result.set(path, file);
  return result;
}

/**
 * One item for every path that the new render changes.
 *
 * @returns undefined where a workshop is given and git cannot merge trees
 */
export async function mergeTrees(merge: Merge): Promise<MergedItem[] | undefined> {
  const { theirs, ours } = merge;
  const wanted = changedPaths(merge);
  const items: MergedItem[] = [];
  const wayOut =
    merge.repository === undefined ? "move it away" : "move it away, or commit it as it is";
  for (const path of wanted) {
    const common = { path, owner: ownerOf(path, merge), ...sidesOf(path, merge) };
    const blocked = ours.blocked.get(path);
    if (blocked !== undefined) {
      // What the user has put away with its folder, and the new render does not have, is nobody's.
      const isGone = !theirs.has(path) && !blocked.startsWith(`${path} `);
      items.push(
        isGone
          ? { ...common, class: "same", action: "none" }
          : {
              ...common,
              class: "conflict",
              action: "none",
              note: `${blocked}: ${wayOut}`,
              barred: true,
            },
      );
    } else if (ours.clashing.has(path))
      items.push({
        ...common,
        class: "occupied",
        action: "none",
        note: `${ours.clashing.get(path)} differs from it only in case: rename one of them`,
        barred: true,
      });
    else if (ours.occupied.has(path))
      items.push({
        ...common,
        class: "occupied",
        action: "none",
        note:
          merge.repository === undefined
            ? "a file of yours is here: move it away"
            : "a file that git does not know is here: move it away, or add it to git",
      });
  }
  const apart = new Set([...ours.blocked.keys(), ...items.map(({ path }) => path)]);
  const rest = wanted.filter((path) => !apart.has(path));
  const untouched = untouchedOf(rest, merge);
  for (const path of untouched) items.push(takenOver(path, merge));
  const left = rest.filter((path) => !untouched.has(path));
  const others =
    merge.workshop === undefined
      ? mergeLines(left, merge)
      : await mergeByGit(left, apart, merge, merge.workshop);
  return others && [...items, ...others].sort((a, b) => (a.path < b.path ? -1 : 1));
}
