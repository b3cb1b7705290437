/** Lists of address ranges. */
import { leavesOf, textsOf, Unknown, type Value } from "./value.ts";

/** Ranges of a list, or the first part of it that is not known. */
export function rangesOf(value: Value | undefined): { ranges: string[]; unknown?: string } {
  const elements = leavesOf(value);
  const ranges = elements.flatMap(textsOf);
  const unknown =
    ranges.find((range) => range.includes("${")) ??
    elements.find((each) => each instanceof Unknown && textsOf(each).length === 0)?.toString();
  return unknown === undefined ? { ranges } : { ranges, unknown };
}

/** Whether IPv4 ranges together are more than one /8: a world cut into pieces. */
export const tooWide = (ranges: readonly string[]): boolean =>
  [...new Set(ranges)]
    .filter((range) => !range.includes(":"))
    .reduce((sum, range) => sum + 2 ** -Number(range.split("/")[1] ?? 32), 0) >
  2 ** -8;

/** `"false"` too, as in tfvars. */
export const isFalse = (value: Value | undefined): boolean => value === false || value === "false";
