/** The three sides of a path, and where there is nothing to merge. */
import { blobId, blobOf } from "./ours.ts";
import type { Merge, MergedItem } from "./plan.ts";

/** Who owns a path: the new render says it, then the last one. */
export const ownerOf = (path: string, { base, theirs }: Merge): MergedItem["owner"] =>
  (theirs.get(path) ?? base.get(path))?.owner ?? "user";

/** Both renders of a path. */
export function sidesOf(
  path: string,
  { base, theirs }: Merge,
): Pick<MergedItem, "base" | "theirs"> {
  const [before, after] = [base.get(path), theirs.get(path)];
  return {
    ...(before === undefined ? {} : { base: blobOf(before) }),
    ...(after === undefined ? {} : { theirs: blobOf(after) }),
  };
}

/** Whether the user's tree has nothing at a path. */
export const isGone = (path: string, { ours }: Merge): boolean =>
  ours.overlay.has(path) ? ours.overlay.get(path) === undefined : !ours.entries.has(path);

/** Whether the user's side of a path is what the last render left there. */
export function isUntouched(path: string, merge: Merge): boolean {
  const { base, ours } = merge;
  const before = base.get(path);
  if (before === undefined || isGone(path, merge))
    return before === undefined && isGone(path, merge);
  const { contents, mode } = blobOf(before);
  const laid = ours.overlay.get(path);
  if (laid !== undefined) return laid.mode === mode && laid.contents.equals(contents);
  const entry = ours.entries.get(path);
  return entry?.mode === mode && entry.id === blobId(contents, ours.format);
}

/** Those of the paths that take the new render as it is: nobody edited them, and no edit can move to them. */
export function untouchedOf(paths: readonly string[], merge: Merge): ReadonlySet<string> {
  const { base, theirs } = merge;
  // What the user's tree lacks may have been renamed, to any name.
  if (paths.some((path) => base.has(path) && isGone(path, merge))) return new Set();
  const untouched = new Set(paths.filter((path) => isUntouched(path, merge)));
  // What the new version takes away may have been renamed there, and an edit of it moves along.
  const mayMove = paths.some((path) => !theirs.has(path) && !untouched.has(path));
  return mayMove
    ? new Set([...untouched].filter((path) => base.has(path) && theirs.has(path)))
    : untouched;
}

/** The item of a path that takes the new render as it is. */
export function takenOver(path: string, merge: Merge): MergedItem {
  const { base, theirs } = sidesOf(path, merge);
  const common = {
    path,
    owner: ownerOf(path, merge),
    ...(base === undefined ? {} : { base, ours: base }),
  };
  if (theirs === undefined) return { ...common, class: "clean", action: "delete" };
  return {
    ...common,
    theirs,
    result: theirs,
    class: base === undefined ? "new" : "clean",
    action: "write",
  };
}
