/** An audit for a person. */
import { AREAS, areaOf } from "../../controls/control.ts";
import type { Observation } from "../../controls/evidence/probe.ts";
import { type Colors, printable } from "../report.ts";
import type { Answer } from "./framework.ts";
import type { AuditReport } from "./index.ts";
import type { ControlResult, Status } from "./run.ts";

/** At most so many places of one Control; the rest is counted. */
const MAX_PLACES = 12;

/** Writes the report. With `everything` also what is in order is named. */
export function auditText(report: AuditReport, colors: Colors, everything: boolean): string {
  const lines: string[] = [];
  for (const { place, message } of report.problems)
    lines.push(
      `${colors.bold(oneLine(`${place.file}:${place.line}`))} ${colors.red("unreadable")} ${oneLine(message)}`,
    );
  if (report.problems.length > 0) lines.push("");
  for (const area of AREAS) {
    const results = report.results.filter(({ control }) => areaOf(control) === area);
    const told = results.filter(
      ({ status }) => everything || status === "not met" || status === "exception",
    );
    if (told.length === 0) continue;
    lines.push(colors.bold(area));
    for (const result of told) lines.push(...resultLines(result, colors));
    lines.push("");
  }
  lines.push(summary(report, colors));
  return `${lines.join("\n")}\n`;
}

function resultLines(result: ControlResult, colors: Colors): string[] {
  const { control, status, reason, waiver, observations } = result;
  const lines = [
    `  ${mark(status, colors)} ${control.title}  ${colors.dim(`${control.id}, ${control.severity}`)}`,
  ];
  if (reason !== undefined) lines.push(`      ${colors.dim(reason)}`);
  if (waiver !== undefined)
    lines.push(
      `      ${colors.yellow("accepted")} ${oneLine(`${waiver.reason} · ${waiver.owner}${waiver.expires === undefined ? "" : ` · until ${waiver.expires}`}`)}`,
    );
  const folded = fold(observations);
  for (const { place, message, scopes } of folded.slice(0, MAX_PLACES))
    lines.push(
      `      ${colors.bold(oneLine(place))} ${oneLine(message)}${scopes.length > 1 ? colors.dim(` [${scopes.join(", ")}]`) : ""}`,
    );
  if (folded.length > MAX_PLACES) lines.push(`      and ${folded.length - MAX_PLACES} more places`);
  if (status === "not met" && "fix" in control)
    lines.push(`      ${colors.cyan("fix:")} ${control.fix}`);
  return lines;
}

/** What is wrong in a shared module is said once, with the roots that it reaches. */
function fold(
  observations: readonly Observation[],
): { place: string; message: string; scopes: string[] }[] {
  const found = new Map<string, { place: string; message: string; scopes: string[] }>();
  for (const { place, message, scope } of observations) {
    const at = `${place.file}:${place.line}${place.column === undefined ? "" : `:${place.column}`}`;
    const known = found.get(`${at} ${message}`);
    if (known === undefined)
      found.set(`${at} ${message}`, {
        place: at,
        message,
        scopes: scope === undefined ? [] : [scope],
      });
    else if (scope !== undefined && !known.scopes.includes(scope)) known.scopes.push(scope);
  }
  return [...found.values()];
}

function mark(status: Status, colors: Colors): string {
  const word = status.padEnd(15);
  switch (status) {
    case "met":
      return colors.green(word);
    case "not met":
      return colors.red(word);
    case "exception":
      return colors.yellow(word);
    default:
      return colors.dim(word);
  }
}

const STATUSES: readonly Status[] = [
  "not met",
  "exception",
  "met",
  "provider's duty",
  "manual",
  "not applicable",
];

/** How many of each status. */
const counts = (results: readonly { status: Status }[]): [Status, number][] =>
  STATUSES.map((status): [Status, number] => [
    status,
    results.filter((result) => result.status === status).length,
  ]).filter(([, count]) => count > 0);

function summary({ results, problems, durationMs }: AuditReport, colors: Colors): string {
  const parts = counts(results).map(([status, count]) =>
    status === "not met"
      ? colors.red(`${count} ${status}`)
      : status === "met"
        ? colors.green(`${count} ${status}`)
        : `${count} ${status}`,
  );
  if (problems.length > 0)
    parts.unshift(
      colors.red(`${problems.length} file${problems.length === 1 ? "" : "s"} unreadable`),
    );
  return `${results.length} controls: ${parts.join(", ")} ${colors.dim(`in ${durationMs} ms`)}`;
}

/** The table of a framework. */
export function frameworkText(answers: readonly Answer[], title: string, colors: Colors): string {
  const lines = [colors.bold(title)];
  for (const { id, title: words, status, results } of answers)
    lines.push(
      `  ${mark(status, colors)} ${id.padEnd(7)} ${words}  ${colors.dim(results.map(({ control }) => control.id).join(", "))}`,
    );
  lines.push(
    "",
    counts(answers)
      .map(([status, count]) => `${count} ${status}`)
      .join(", "),
  );
  return `${lines.join("\n")}\n`;
}

/** Text of a file on one line, without what would steer the terminal. */
const oneLine = (text: string): string => printable(text).replaceAll(/[\t\n]/g, "");
