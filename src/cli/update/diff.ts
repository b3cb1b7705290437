/** What an update changes, as one unified diff. */
import { createTwoFilesPatch } from "diff";
import { ANSWERS } from "../../lifecycle/paths.ts";
import type { MergedItem } from "../../lifecycle/plan.ts";
import type { Terminal } from "../terminal.ts";

const MAX_DIFF = 2 * 1024 * 1024;

/** The edit of the answers, as an item like any other. */
const answersItem = (before: string, after: string): MergedItem => ({
  path: ANSWERS,
  class: "merged",
  owner: "user",
  action: before === after ? "none" : "write",
  ours: { contents: Buffer.from(before), mode: "100644" },
  result: { contents: Buffer.from(after), mode: "100644" },
});

/** The changes as one unified diff. */
export function updateDiff(
  items: readonly MergedItem[],
  answers: { before: string; after: string },
  colors: Terminal["colors"],
): string {
  const all = [...items, answersItem(answers.before, answers.after)];
  const chunks = all.flatMap(({ path, action, ours, base, result }) => {
    if (action === "none") return [];
    const before = ours?.contents ?? (action === "delete" ? base?.contents : undefined);
    const after = action === "delete" ? undefined : result?.contents;
    const sides = [before, after].filter((side) => side !== undefined);
    if (sides.some((side) => side.includes(0) || side.length > MAX_DIFF))
      return [`Binary file ${path} differs\n`];
    const patch = createTwoFilesPatch(
      before === undefined ? "/dev/null" : `a/${path}`,
      after === undefined ? "/dev/null" : `b/${path}`,
      before?.toString("utf8") ?? "",
      after?.toString("utf8") ?? "",
      undefined,
      undefined,
      { context: 3 },
    );
    return [patch.replace(/^=+\n/, "")];
  });
  const paintLine = (line: string): string => {
    if (/^(---|\+\+\+) /.test(line)) return colors.bold(line);
    if (line.startsWith("@@")) return colors.cyan(line);
    if (line.startsWith("+")) return colors.green(line);
    return line.startsWith("-") ? colors.red(line) : line;
  };
  return chunks.join("").split("\n").map(paintLine).join("\n");
}
