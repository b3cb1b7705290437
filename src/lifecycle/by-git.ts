/** The merge by git: three commits in a repository of our own, and what git makes of them. */
import type { TreeEntry } from "../workspace/git/run.ts";
import {
  type Blob,
  type MergeResult,
  makeWorkshop,
  mergeThere,
  RENAMED_TWICE,
  readBlobs,
  renamesBetween,
  type Synthetic,
  type Workshop,
} from "../workspace/git/workshop.ts";
import { isCrlf, isText, toLf } from "./line-ends.ts";
import { hasOurMarkers, OURS } from "./markers.ts";
import { blobAt, blobId, blobOf } from "./ours.ts";
import { NOT_MERGED } from "./paths.ts";
import type { Merge, MergedItem } from "./plan.ts";
import { isGone, isUntouched, ownerOf, sidesOf } from "./sides.ts";

type Layer = Pick<Synthetic, "tree" | "files">;

/**
 * Both renders as layers over the user's commit, which holds what only the user has: git sees at once that all three agree
 * there. Where the user's tree lacks one of our files, it may have been renamed: then the renders stand alone, so that
 * its new name is new to git.
 */
function layersOf(rest: readonly string[], apart: ReadonlySet<string>, merge: Merge): Layer[] {
  const { base, theirs, ours } = merge;
  const known = (path: string, contents: Buffer, mode: string): Blob | TreeEntry => {
    const entry = ours.entries.get(path);
    // What is not checked out, or lies there otherwise, may never have been fetched.
    const isThere = entry !== undefined && !ours.leftOut.has(path) && !ours.overlay.has(path);
    return isThere && entry.id === blobId(contents, ours.format)
      ? { id: entry.id, mode }
      : { contents, mode };
  };
  const alone = [...rest, ...apart].some((path) => base.has(path) && isGone(path, merge));
  return [base, theirs].map((render) => {
    const files = new Map<string, Blob | TreeEntry | undefined>();
    for (const path of alone ? render.keys() : rest) {
      if (apart.has(path) || NOT_MERGED.has(path)) continue;
      const file = render.get(path);
      const entry = ours.entries.get(path);
      if (file === undefined) {
        if (entry !== undefined) files.set(path, undefined);
        continue;
      }
      const blob = blobOf(file);
      const layer = known(path, blob.contents, blob.mode);
      if (alone || !("id" in layer) || layer.mode !== entry?.mode) files.set(path, layer);
    }
    return { tree: alone ? undefined : ours.tree, files };
  });
}

/** The user's CRLF copies as LF, so that only what was edited differs; and the contents that were read for it, by id. */
async function normalised(
  workshop: Workshop,
  rest: readonly string[],
  { base, ours, repository }: Merge,
): Promise<{ overlay: Map<string, Blob | undefined>; read: Map<string, Buffer> }> {
  const overlay = new Map(ours.overlay);
  const read = new Map<string, Buffer>();
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
  // Where the copy on disk is the committed one, git is not asked for it.
  const unclear = edited.filter((path) => {
    const there = repository && blobAt(repository.directory, path);
    const id = there && blobId(there.contents, ours.format);
    if (there === undefined || id !== ours.entries.get(path)?.id) return true;
    read.set(id as string, there.contents);
    return isCrlf(there.contents);
  });
  const blobs = await readBlobs(
    workshop,
    unclear.map((path) => (ours.entries.get(path) as TreeEntry).id),
  );
  for (const path of unclear) {
    const { id, mode } = ours.entries.get(path) as TreeEntry;
    const contents = blobs.get(id) as Buffer;
    if (isCrlf(contents)) overlay.set(path, { contents: toLf(contents), mode });
  }
  for (const [path, blob] of ours.overlay)
    if (blob !== undefined && base.has(path) && isCrlf(blob.contents))
      overlay.set(path, { ...blob, contents: toLf(blob.contents) });
  return { overlay, read };
}

/** Contents of blobs, by id; git is asked for those alone that nobody here holds. */
async function contentsOf(
  workshop: Workshop,
  entries: readonly TreeEntry[],
  rest: readonly string[],
  { base, theirs, ours }: Merge,
  { overlay, read }: Awaited<ReturnType<typeof normalised>>,
): Promise<ReadonlyMap<string, Buffer>> {
  const held = new Map(read);
  const hold = (contents: Buffer | undefined): void => {
    if (contents !== undefined) held.set(blobId(contents, ours.format), contents);
  };
  for (const path of rest) {
    hold(base.get(path)?.contents);
    hold(theirs.get(path)?.contents);
    hold(overlay.get(path)?.contents);
  }
  const wanted = entries.map(({ id }) => id).filter((id) => !held.has(id));
  return new Map([...held, ...(await readBlobs(workshop, wanted))]);
}

/** The merge as git sees it; undefined where git cannot merge trees. */
export async function mergeByGit(
  rest: readonly string[],
  apart: ReadonlySet<string>,
  merge: Merge,
  directory: string,
): Promise<MergedItem[] | undefined> {
  if (rest.length === 0) return [];
  const { theirs, ours, label, repository } = merge;
  const workshop = makeWorkshop(directory, repository);
  const mine = await normalised(workshop, rest, merge);
  const [ancestor, target] = layersOf(rest, apart, merge) as [Layer, Layer];
  const commits = [
    { branch: "base", ...ancestor },
    { branch: OURS, tree: ours.tree, files: mine.overlay },
    { branch: label, ...target },
  ];
  const merged = await mergeThere(workshop, commits, OURS, label);
  if (merged === undefined) return undefined;
  const { changed } = merged;
  const entries = [
    ...[...changed.values()].flatMap(({ before, after }) => [before, after]),
    ...[...merged.stages.values()].flatMap((stage) => Object.values(stage)),
  ].filter((entry) => entry !== undefined);
  const blobs = await contentsOf(workshop, entries, rest, merge, mine);
  const blob = (entry: TreeEntry | undefined): Blob | undefined =>
    entry === undefined ? undefined : { contents: blobs.get(entry.id) as Buffer, mode: entry.mode };
  const paths = [...new Set([...rest, ...changed.keys(), ...merged.stages.keys()])];
  const items = paths.flatMap((path) => {
    const { before, after } = changed.get(path) ?? {};
    const result = blob(after);
    const oursNow = blob(before) ?? blob(merged.stages.get(path)?.[2]);
    const common = {
      path,
      owner: ownerOf(path, merge),
      ...sidesOf(path, merge),
      ...(oursNow === undefined ? {} : { ours: oursNow }),
      ...(result === undefined ? {} : { result }),
    };
    const stages = merged.stages.get(path);
    if (stages !== undefined) return [conflict(common, stages, merged, blob, isGone(path, merge))];
    if (!changed.has(path)) return [quiet(common, merge)];
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
        class: isTheirs && isUntouched(path, merge) ? ("clean" as const) : ("merged" as const),
        action: "write" as const,
      },
    ];
  });
  return withFormerNames(items, changed, workshop, merged);
}

/** Items of the user's edits that go to a new name, with the name that they had. */
async function withFormerNames(
  items: readonly MergedItem[],
  changed: ReadonlyMap<string, { before?: TreeEntry }>,
  workshop: Workshop,
  merged: MergeResult,
): Promise<MergedItem[]> {
  const isMoved = ({ path, class: kind, action }: MergedItem): boolean =>
    action === "write" && kind !== "new" && changed.get(path)?.before === undefined;
  if (!items.some(isMoved)) return [...items];
  const names = await renamesBetween(workshop, OURS, merged.tree);
  return items.map((item) => {
    const from = names.get(item.path);
    return from === undefined || !isMoved(item) ? item : { ...item, from };
  });
}

/** A path that the new render changes and the merge leaves as it is. */
function quiet(common: Omit<MergedItem, "class" | "action">, merge: Merge): MergedItem {
  const { path } = common;
  // Had the user deleted it, it would be a conflict.
  if (isGone(path, merge) && merge.base.has(path) && merge.theirs.has(path))
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
  isNew: boolean,
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
    // It moved here: what the user has of it moves along.
    if (isNew && left.ours !== undefined)
      return {
        ...left,
        class: "conflict",
        action: "write",
        result: left.ours,
        note: "both changed a binary file, and the new version renames it: yours is here",
      };
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
