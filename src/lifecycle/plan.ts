/** What an update does to each path: one list for the dry run, the diff, JSON, the apply and the check. */
import type { Owner } from "../blueprint/types.ts";
import type { Repository } from "../workspace/git/repository.ts";
import type { Blob } from "../workspace/git/workshop.ts";
import type { Ours } from "./ours.ts";
import type { MergeTree } from "./pack.ts";

/** What became of a path (DESIGN §7). */
export type PathClass =
  /** The new version brings it. */
  | "new"
  /** The tree has it already. */
  | "same"
  /** Only the new version changed it. */
  | "clean"
  /** Both changed it, in different places. */
  | "merged"
  /** Both changed it, in one place. */
  | "conflict"
  /** The user deleted what the new version changes: it stays deleted. */
  | "user-deleted"
  /** It changes under the name that the user, or the new version, gave it. */
  | "renamed"
  /** The new version brings it, and a file that git does not know is there. */
  | "occupied";

/** One path of an update. */
export interface PlanItem {
  path: string;
  class: PathClass;
  owner: Owner;
  action: "write" | "delete" | "none";
  /** What to know about it, in words. */
  note?: string;
  /** Its name before. */
  from?: string;
}

/** A path with what is written, and what a person needs to decide. */
export interface MergedItem extends PlanItem {
  /** What `write` writes: in a conflict the text with markers. */
  result?: Blob;
  base?: Blob;
  ours?: Blob;
  theirs?: Blob;
  /** Something of the user's bars the place: the new version's file cannot be taken before that has moved. */
  barred?: true;
}

/** Whether a person has to look at it before the update counts as done. */
export const isOpen = ({ class: kind }: PlanItem): boolean =>
  kind === "conflict" || kind === "occupied";

/** The item without contents. */
export const outline = ({
  path,
  class: kind,
  owner,
  action,
  note,
  from,
}: MergedItem): PlanItem => ({
  path,
  class: kind,
  owner,
  action,
  ...(note === undefined ? {} : { note }),
  ...(from === undefined ? {} : { from }),
});

/** What is merged, and how the sides are called in a conflict. */
export interface Merge {
  base: MergeTree;
  theirs: MergeTree;
  ours: Ours;
  /** Label of the new version: words that can be a branch's name. */
  label: string;
  /** An empty directory for git; absent: git cannot merge trees here. */
  workshop: string | undefined;
  repository: Repository | undefined;
}
