/** The merge where git cannot do it: file by file, line by line. Renames are not seen. */
import { merge as mergeThree } from "node-diff3";
import type { Blob } from "../workspace/git/workshop.ts";
import { isCrlf, isText, toLf } from "./line-ends.ts";
import { OURS } from "./markers.ts";
import { blobOf } from "./ours.ts";
import type { Merge, MergedItem } from "./plan.ts";
import { ownerOf } from "./sides.ts";

const sameBlob = (a: Blob | undefined, b: Blob | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.mode === b.mode && a.contents.equals(b.contents));

/** A byte a character, so that what is no UTF-8 comes back as it was. */
const linesOf = (contents: Buffer): string[] => contents.toString("latin1").split("\n");

const lf = (blob: Blob | undefined): Blob | undefined =>
  blob !== undefined && isCrlf(blob.contents) ? { ...blob, contents: toLf(blob.contents) } : blob;

/** The item of each path, as `git merge-file` would see it. */
export function mergeLines(paths: readonly string[], merge: Merge): MergedItem[] {
  const { base, theirs, ours, label } = merge;
  return paths.map((path): MergedItem => {
    const blob = (side: typeof base): Blob | undefined => {
      const file = side.get(path);
      return file && blobOf(file);
    };
    const [before, mine, target] = [blob(base), lf(ours.overlay.get(path)), blob(theirs)];
    const common = {
      path,
      owner: ownerOf(path, merge),
      ...(before === undefined ? {} : { base: before }),
      ...(mine === undefined ? {} : { ours: mine }),
      ...(target === undefined ? {} : { theirs: target }),
    };
    const conflict = (note: string): MergedItem => ({
      ...common,
      class: "conflict",
      action: "none",
      note,
    });
    if (sameBlob(mine, target)) return { ...common, class: "same", action: "none" };
    if (mine === undefined) {
      if (before === undefined)
        return { ...common, class: "new", action: "write", result: target as Blob };
      return {
        ...common,
        class: "user-deleted",
        action: "none",
        note: "you removed it, and the new version changes it: it stays removed",
      };
    }
    if (sameBlob(mine, before))
      return target === undefined
        ? { ...common, class: "clean", action: "delete" }
        : { ...common, class: "clean", action: "write", result: target };
    if (target === undefined)
      return conflict("the new version removes it, and you changed it: yours is kept");
    const mode = mine.mode === before?.mode ? target.mode : mine.mode;
    if (mine.contents.equals(before?.contents ?? Buffer.alloc(0)) && before !== undefined)
      return { ...common, class: "merged", action: "write", result: { ...target, mode } };
    if (before?.contents.equals(target.contents))
      return { ...common, class: "merged", action: "write", result: { ...mine, mode } };
    if (![mine, target, ...(before ? [before] : [])].every(({ contents }) => isText(contents)))
      return conflict("both changed a binary file: yours is kept");
    const { conflict: open, result } = mergeThree(
      linesOf(mine.contents),
      linesOf(before?.contents ?? Buffer.alloc(0)),
      linesOf(target.contents),
      { excludeFalseConflicts: true, label: { a: OURS, b: label } },
    );
    const written = { contents: Buffer.from(result.join("\n"), "latin1"), mode };
    return open
      ? {
          ...common,
          class: "conflict",
          action: "write",
          result: written,
          note: "both changed the same lines",
        }
      : { ...common, class: "merged", action: "write", result: written };
  });
}
