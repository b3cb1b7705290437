/** Base, ours and theirs to one plan: by git where it can merge trees, else line by line. */
import {
  type Blob,
  differences,
  type MergeResult,
  makeCommits,
  makeWorkshop,
  mergeBranches,
  RENAMED_TWICE,
  readBlobs,
  renamesBetween,
  type TreeEntry,
  type Workshop,
} from "../workspace/git.ts";
import { isCrlf, isText, toLf } from "./line-ends.ts";
import { mergeLines } from "./lines.ts";
import { hasOurMarkers, OURS } from "./markers.ts";
import { blobId, blobOf, type Ours, sameFile } from "./ours.ts";
import type { MergeTree } from "./pack.ts";
import { NOT_MERGED } from "./paths.ts";
import type { Merge, MergedItem } from "./plan.ts";

/** Paths that the new render changes, with both sides. */
function changedPaths({ base, theirs }: Pick<Merge, "base" | "theirs">): string[] {
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

/** One item for every path that the new render changes. */
export function mergeTrees(merge: Merge): MergedItem[] {
  const { base, theirs, ours } = merge;
  const wanted = changedPaths(merge);
  const items: MergedItem[] = [];
  const wayOut =
    merge.repository === undefined ? "move it away" : "move it away, or commit it as it is";
  const ownerOf = (path: string): MergedItem["owner"] =>
    (theirs.get(path) ?? base.get(path))?.owner ?? "user";
  for (const path of wanted) {
    const common = { path, owner: ownerOf(path), ...sidesOf(path, merge) };
    const blocked = ours.blocked.get(path);
    if (blocked !== undefined) {
      // What the user has put away with its folder, and the new render does not have, is nobody's.
      const isGone = !theirs.has(path) && !blocked.startsWith(`${path} `);
      items.push(
        isGone
          ? { ...common, class: "same", action: "none" }
          : { ...common, class: "conflict", action: "none", note: `${blocked}: ${wayOut}` },
      );
    } else if (ours.clashing.has(path))
      items.push({
        ...common,
        class: "occupied",
        action: "none",
        note: `${ours.clashing.get(path)} differs from it only in case: rename one of them`,
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
  const others =
    merge.workshop === undefined
      ? mergeLines(rest, { ...merge, ownerOf })
      : mergeByGit(rest, apart, merge, merge.workshop, ownerOf);
  return [...items, ...others].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sidesOf(path: string, { base, theirs }: Merge): Pick<MergedItem, "base" | "theirs"> {
  const [before, after] = [base.get(path), theirs.get(path)];
  return {
    ...(before === undefined ? {} : { base: blobOf(before) }),
    ...(after === undefined ? {} : { theirs: blobOf(after) }),
  };
}

/** Blobs of a tree without some paths. */
const without = (tree: MergeTree, apart: ReadonlySet<string>): Map<string, Blob> =>
  new Map(
    [...tree].flatMap(([path, file]) =>
      apart.has(path) || NOT_MERGED.has(path) ? [] : [[path, blobOf(file)] as const],
    ),
  );

/** The user's CRLF copies as LF, so that only what was edited differs. */
function normalised(workshop: Workshop, rest: readonly string[], { base, ours }: Merge) {
  const overlay = new Map(ours.overlay);
  const edited = rest.filter((path) => {
    const entry = ours.entries.get(path);
    const before = base.get(path);
    return (
      before !== undefined &&
      entry !== undefined &&
      !overlay.has(path) &&
      entry.mode.startsWith("100") &&
      entry.id !== blobId(before.contents, ours.format)
    );
  });
  const blobs = readBlobs(
    workshop,
    edited.map((path) => (ours.entries.get(path) as TreeEntry).id),
  );
  for (const path of edited) {
    const { id, mode } = ours.entries.get(path) as TreeEntry;
    const contents = blobs.get(id) as Buffer;
    if (isCrlf(contents)) overlay.set(path, { contents: toLf(contents), mode });
  }
  for (const [path, blob] of ours.overlay)
    if (blob !== undefined && base.has(path) && isCrlf(blob.contents))
      overlay.set(path, { ...blob, contents: toLf(blob.contents) });
  return overlay;
}

function mergeByGit(
  rest: readonly string[],
  apart: ReadonlySet<string>,
  merge: Merge,
  directory: string,
  ownerOf: (path: string) => MergedItem["owner"],
): MergedItem[] {
  if (rest.length === 0) return [];
  const { base, theirs, ours, label, repository } = merge;
  const workshop = makeWorkshop(directory, repository);
  makeCommits(workshop, [
    { branch: "base", tree: undefined, files: without(base, apart) },
    { branch: OURS, tree: ours.tree, files: normalised(workshop, rest, merge) },
    { branch: label, tree: undefined, files: without(theirs, apart) },
  ]);
  const merged = mergeBranches(workshop, OURS, label);
  const changed = differences(workshop, OURS, merged.tree);
  const ids = [...changed.values()].flatMap(({ before, after }) => [
    ...(before === undefined ? [] : [before.id]),
    ...(after === undefined ? [] : [after.id]),
  ]);
  for (const stage of merged.stages.values())
    for (const entry of Object.values(stage)) ids.push(entry.id);
  const blobs = readBlobs(workshop, ids);
  const blob = (entry: TreeEntry | undefined): Blob | undefined =>
    entry === undefined ? undefined : { contents: blobs.get(entry.id) as Buffer, mode: entry.mode };
  const paths = [...new Set([...rest, ...changed.keys(), ...merged.stages.keys()])];
  const items = paths.flatMap((path) => {
    const { before, after } = changed.get(path) ?? {};
    const result = blob(after);
    const oursNow = blob(before) ?? blob(merged.stages.get(path)?.[2]);
    const common = {
      path,
      owner: ownerOf(path),
      ...sidesOf(path, merge),
      ...(oursNow === undefined ? {} : { ours: oursNow }),
      ...(result === undefined ? {} : { result }),
    };
    const stages = merged.stages.get(path);
    if (stages !== undefined) return [conflict(common, stages, merged, blob)];
    if (!changed.has(path)) return [quiet(common, ours, base, theirs)];
    if (result === undefined)
      return [{ ...common, class: "clean" as const, action: "delete" as const }];
    const target = theirs.get(path);
    const isTheirs =
      target !== undefined &&
      result.contents.equals(target.contents) &&
      result.mode === blobOf(target).mode;
    if (before === undefined)
      return [
        isTheirs
          ? { ...common, class: "new" as const, action: "write" as const }
          : {
              ...common,
              class: "renamed" as const,
              action: "write" as const,
              note: "your edits moved to the new name",
            },
      ];
    if (target === undefined)
      return [
        {
          ...common,
          class: "renamed" as const,
          action: "write" as const,
          note: "changed under the name that you gave it",
        },
      ];
    return [
      {
        ...common,
        class:
          isTheirs && wasUntouched(path, ours, base) ? ("clean" as const) : ("merged" as const),
        action: "write" as const,
      },
    ];
  });
  return withFormerNames(items, changed, workshop, merged);
}

/** Items of the user's edits that go to a new name, with the name that they had. */
function withFormerNames(
  items: readonly MergedItem[],
  changed: ReadonlyMap<string, { before?: TreeEntry }>,
  workshop: Workshop,
  merged: MergeResult,
): MergedItem[] {
  const isMoved = ({ path, class: kind, action }: MergedItem): boolean =>
    action === "write" && kind !== "new" && changed.get(path)?.before === undefined;
  if (!items.some(isMoved)) return [...items];
  const names = renamesBetween(workshop, OURS, merged.tree);
  return items.map((item) => {
    const from = names.get(item.path);
    return from === undefined || !isMoved(item) ? item : { ...item, from };
  });
}

/** Whether the user's copy is the last render. */
function wasUntouched(path: string, ours: Ours, base: MergeTree): boolean {
  const before = base.get(path);
  if (before === undefined) return false;
  const { contents, mode } = blobOf(before);
  const laid = ours.overlay.get(path);
  if (ours.overlay.has(path))
    return laid !== undefined && laid.mode === mode && laid.contents.equals(contents);
  const entry = ours.entries.get(path);
  return entry !== undefined && entry.mode === mode && entry.id === blobId(contents, ours.format);
}

/** A path that the new render changes and the merge leaves as it is. */
function quiet(
  common: Omit<MergedItem, "class" | "action">,
  ours: Ours,
  base: MergeTree,
  theirs: MergeTree,
): MergedItem {
  const { path } = common;
  const has = ours.overlay.has(path)
    ? ours.overlay.get(path) !== undefined
    : ours.entries.has(path);
  // Had the user deleted it, it would be a conflict.
  if (!has && base.has(path) && theirs.has(path))
    return { ...common, class: "renamed", action: "none", note: "you renamed it" };
  return { ...common, class: "same", action: "none" };
}

/** One of the three names of a file that both renamed. */
function renamedTwice(
  common: Omit<MergedItem, "class" | "action">,
  stages: Partial<Record<1 | 2 | 3, TreeEntry>>,
  { renamedTwice: names }: MergeResult,
  sides: Omit<MergedItem, "class" | "action">,
): MergedItem {
  if (stages[3] !== undefined)
    return {
      ...sides,
      class: "conflict",
      action: "write",
      note: `you named it ${names.get(common.path)}: keep one of the two`,
    };
  const { result } = common;
  if (stages[2] === undefined || result === undefined)
    return { ...common, class: "renamed", action: "none", note: "you renamed it" };
  return hasOurMarkers(result.contents.toString("latin1"))
    ? { ...common, class: "conflict", action: "write", note: "both changed the same lines" }
    : {
        ...common,
        class: "renamed",
        action: "write",
        note: "changed under the name that you gave it",
      };
}

function conflict(
  common: Omit<MergedItem, "class" | "action">,
  stages: Partial<Record<1 | 2 | 3, TreeEntry>>,
  merged: MergeResult,
  blob: (entry: TreeEntry | undefined) => Blob | undefined,
): MergedItem {
  const { path } = common;
  const sides = {
    ...common,
    ...(stages[1] === undefined ? {} : { base: blob(stages[1]) as Blob }),
    ...(stages[2] === undefined ? {} : { ours: blob(stages[2]) as Blob }),
    ...(stages[3] === undefined ? {} : { theirs: blob(stages[3]) as Blob }),
  };
  const kinds = merged.kinds.get(path) ?? [];
  if (kinds.includes(RENAMED_TWICE)) return renamedTwice(common, stages, merged, sides);
  if (stages[2] === undefined) {
    const { result: _, ...left } = sides;
    return {
      ...left,
      class: "user-deleted",
      action: "none",
      note: "you removed it, and the new version changes it: it stays removed",
    };
  }
  if (stages[3] === undefined) {
    const { result: _, ...left } = sides;
    return {
      ...left,
      class: "conflict",
      action: "none",
      note: "the new version removes it, and you changed it: yours is kept",
    };
  }
  const isBinary =
    kinds.some((kind) => kind.includes("binary")) || !isText((sides.theirs as Blob).contents);
  if (isBinary || sides.result === undefined) {
    const { result: _, ...left } = sides;
    return {
      ...left,
      class: "conflict",
      action: "none",
      note: isBinary
        ? "both changed a binary file: yours is kept"
        : "both changed it: yours is kept",
    };
  }
  return { ...sides, class: "conflict", action: "write", note: "both changed the same lines" };
}
