/** Places in a generated repository that the life cycle itself owns. */

export const LOCK = ".hardened-eks/lock.json";
export const BASE = ".hardened-eks/base.pack";
/** The render of an update whose conflicts are still open. */
export const NEXT = ".hardened-eks/next.pack";
export const ANSWERS = "hardened-eks.yaml";

/** Computed or edited by us, never merged. */
export const NOT_MERGED: ReadonlySet<string> = new Set([LOCK, BASE, NEXT, ANSWERS]);

/** Whether a path from a file can be used: relative, without a way out, and not git's own. */
export const isSafePath = (path: unknown): path is string =>
  typeof path === "string" &&
  path !== "" &&
  !/[\0\\]/.test(path) &&
  path
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && !/^\.git$/i.test(part));
