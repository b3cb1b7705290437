/** What an update does, for a person and as JSON. */
import type { Impact } from "../../lifecycle/impact.ts";
import type { RemovedApiUse } from "../../lifecycle/kubernetes.ts";
import type { Migration } from "../../lifecycle/migrations/migration.ts";
import { isOpen, type MergedItem, outline, type PathClass } from "../../lifecycle/plan.ts";
import type { Problem } from "../../options/layers.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/** Everything that is said of one update. */
export interface UpdateReport {
  directory: string;
  from: string;
  to: string;
  dryRun: boolean;
  items: readonly MergedItem[];
  answersChange: boolean;
  migrations: readonly Migration[];
  impact: readonly Impact[];
  /** Resources by root that an apply would destroy and nothing answers for. */
  unanswered: ReadonlyMap<string, string[]>;
  steps: readonly string[];
  removedApis: readonly RemovedApiUse[];
  warnings: readonly Problem[];
}

type Colors = Terminal["colors"];

const SHOWN: Record<PathClass, keyof Colors> = {
  new: "green",
  same: "dim",
  clean: "green",
  merged: "cyan",
  renamed: "cyan",
  conflict: "red",
  occupied: "red",
  "user-deleted": "yellow",
};

const paint = (colors: Colors, name: keyof Colors, text: string): string =>
  (colors[name] as (text: string) => string)(text);

/** The word of a class; a file that goes is not "clean" to who reads it. */
const wordOf = ({ class: kind, action }: MergedItem): string =>
  action === "delete" ? "removed" : kind;

function counts(items: readonly MergedItem[]): string {
  const by = new Map<string, number>();
  for (const item of items) by.set(wordOf(item), (by.get(wordOf(item)) ?? 0) + 1);
  return [...by].map(([word, count]) => `${count} ${word}`).join(", ");
}

/** The plan for a person. */
export function updateText(report: UpdateReport, colors: Colors): string {
  const { items, from, to, impact, unanswered, steps, removedApis, migrations, warnings } = report;
  const lines: string[] = [];
  const heading = from === to ? `version ${to}` : `${from} to ${to}`;
  lines.push(colors.bold(`${report.directory}: ${heading}`), "");
  const listed = items.filter((item) => item.class !== "same");
  const width = Math.max(0, ...listed.map((item) => wordOf(item).length));
  for (const item of listed)
    lines.push(
      `  ${paint(colors, SHOWN[item.class], wordOf(item).padEnd(width))}  ${item.path}${item.note === undefined ? "" : colors.dim(`  ${item.note}`)}`,
    );
  if (report.answersChange)
    lines.push(`  ${colors.cyan("edited".padEnd(width))}  hardened-eks.yaml`);
  if (listed.length > 0) lines.push("", counts(listed));
  for (const { version, summary } of migrations) lines.push(`${colors.bold(version)}  ${summary}`);
  if (impact.length > 0 || unanswered.size > 0) {
    lines.push("", colors.bold("What an apply does beyond updates in place:"));
    for (const { root, what, effect, why, path, protected: isProtected } of impact)
      lines.push(
        `  ${paint(colors, isProtected ? "red" : "yellow", effect)}  ${root}  ${what}: ${why}`,
        `    ${path}`,
      );
    for (const [root, addresses] of unanswered)
      lines.push(`  ${colors.yellow("destroyed")}  ${root}  ${addresses.join(", ")}`);
  }
  if (steps.length > 0) {
    lines.push("", colors.bold("In this order:"));
    for (const [index, step] of steps.entries()) lines.push(`  ${index + 1}. ${step}`);
  }
  for (const { path, line, apiVersion, kind, since, instead } of removedApis)
    lines.push(
      `${colors.yellow("warning")} ${path}:${line}: ${apiVersion} ${kind} is not served since ${since}: use ${instead}`,
    );
  for (const { path, message, mend } of warnings)
    lines.push(`${colors.yellow("warning")} ${path}: ${message}; ${mend}`);
  return `${lines.join("\n")}\n`;
}

/** The one JSON document. */
export function updateJson(
  report: UpdateReport & { durationMs: number },
  exitCode: ExitCode,
): string {
  const { items, unanswered, migrations, ...rest } = report;
  return `${JSON.stringify({
    ok: exitCode === EXIT.ok,
    exitCode,
    ...rest,
    items: items.map(outline),
    conflicts: items.filter(isOpen).map(({ path }) => path),
    migrations: migrations.map(({ version, summary }) => ({ version, summary })),
    destroyed: Object.fromEntries(unanswered),
  })}\n`;
}
