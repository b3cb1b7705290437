/** Asks about each conflict: ours, theirs, both, or edit. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hasMarkers } from "../../lifecycle/markers.ts";
import { isOpen, type MergedItem } from "../../lifecycle/plan.ts";
import { CliError, EXIT } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

type Choice = "ours" | "theirs" | "both" | "edit";

/** The item with the person's choice in it; an open one where they leave it to their editor. */
function choose(item: MergedItem, choice: Exclude<Choice, "edit">): MergedItem {
  const { note: _, result, ...rest } = item;
  if (choice === "both") return item;
  if (choice === "ours")
    return { ...rest, class: "merged", action: "none", note: "you kept yours" };
  const { theirs } = item;
  return theirs === undefined
    ? { ...rest, class: "merged", action: "delete", note: "you took the new version" }
    : {
        ...rest,
        class: "merged",
        action: "write",
        result: theirs,
        note: "you took the new version",
      };
}

/** The item as a person edited it; still open where they left markers in it. */
function edited(item: MergedItem, contents: Buffer): MergedItem {
  const text = contents.toString("latin1");
  const mode = item.result?.mode ?? item.ours?.mode ?? "100644";
  const result = { contents, mode };
  if (hasMarkers(text)) return { ...item, action: "write", result };
  const { note: _, ...rest } = item;
  return { ...rest, class: "merged", action: "write", result, note: "you edited it" };
}

function openEditor(item: MergedItem, scratch: string, terminal: Terminal): MergedItem {
  const command = terminal.env.VISUAL ?? terminal.env.EDITOR ?? "vi";
  const file = join(scratch, basename(item.path));
  writeFileSync(file, (item.result ?? item.ours ?? item.theirs)?.contents ?? "");
  // An editor's variable may hold flags; it is the user's own, and no shell sees it.
  const [program = "vi", ...flags] = command.split(/\s+/).filter((part) => part !== "");
  const { status, error } = spawnSync(program, [...flags, file], { stdio: "inherit" });
  if (error !== undefined || status !== 0)
    throw new CliError(
      `the editor ${program} failed${error === undefined ? ` with exit ${status}` : `: ${error.message}`}`,
      EXIT.failed,
      "name another in EDITOR; nothing was written",
    );
  return edited(item, readFileSync(file));
}

/** Asks about each open item, in order. */
export async function resolveConflicts(
  items: readonly MergedItem[],
  scratch: string,
  terminal: Terminal,
): Promise<MergedItem[]> {
  const { askOnStderr } = await import("../questions.ts");
  const resolved: MergedItem[] = [];
  for (const item of items) {
    if (!isOpen(item)) {
      resolved.push(item);
      continue;
    }
    const { choice } = (await askOnStderr(
      [
        {
          type: "select",
          name: "choice",
          message: `${item.path}: ${item.note ?? item.class}`,
          choices: [
            { value: "ours", name: "keep yours" },
            ...(item.barred
              ? []
              : [
                  {
                    value: "theirs",
                    name: item.theirs === undefined ? "remove it" : "take the new version",
                  },
                ]),
            ...(item.action === "write"
              ? [{ value: "both", name: "write both, with conflict markers" }]
              : [{ value: "both", name: "leave it open" }]),
            ...(item.class === "conflict" && item.action === "write"
              ? [{ value: "edit", name: "edit it now" }]
              : []),
          ],
        },
      ],
      terminal.signal,
    )) as { choice: Choice };
    resolved.push(choice === "edit" ? openEditor(item, scratch, terminal) : choose(item, choice));
  }
  return resolved;
}
