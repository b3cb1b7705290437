/** What the system says of a path, and by it whether somebody wrote a file since it was read. */
import { lstatSync, type Stats } from "node:fs";

/** What lies at a path; nothing also where a file stands in the place of a folder above it. */
export function factsOf(full: string): Stats | undefined {
  try {
    return lstatSync(full, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** What tells that nobody has written a file since it was read: far cheaper than to read it again. */
export type Stamp = Pick<Stats, "ino" | "dev" | "size" | "mode" | "mtimeMs" | "ctimeMs">;

/** A file system stamps files by a clock that lags by some milliseconds. */
export const CLOCK_MS = 20;

/** What a second name for the file leaves as it was. */
export const SAME = ["ino", "dev", "size", "mode", "mtimeMs"] as const;

/** Also what a tool cannot set: the time of the last change of anything. A second name for the file changes it, too. */
export const STRICTLY_SAME = [...SAME, "ctimeMs"] as const;

/** The stamp of a file; none where it was written so lately that the next write might show the same time. */
export const stampOf = (
  facts: Stats | undefined,
  time: "mtimeMs" | "ctimeMs",
): Stamp | undefined =>
  facts?.isFile() && facts[time] < Date.now() - CLOCK_MS ? facts : undefined;

/** Whether a file is still as its stamp says; false without one. */
export const isAsStamped = (
  facts: Stats | undefined,
  stamp: Stamp | undefined,
  keys: readonly (keyof Stamp)[],
): boolean => stamp !== undefined && keys.every((key) => facts?.[key] === stamp[key]);
