/** A report as text for a person, and as JSON for a program. */
import type { Check, Finding, FullReport, Report } from "./types.ts";

type Paint = (text: string) => string;
/** What is used of a colour library. */
export interface Colors {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
}

/** Writes a report for a person. It ends with a line end. */
export function formatReport(report: Report, colors: Colors): string {
  const lines: string[] = [];
  const width = Math.max(...report.checks.map(({ title }) => title.length), 0);
  for (const each of report.checks) lines.push(checkLine(each, width, colors));
  // A finding of several checks (both majors of the provider) is shown once.
  const shown = new Map<string, { finding: Finding; checks: Check[] }>();
  for (const each of report.checks)
    for (const finding of each.findings) {
      const key = JSON.stringify(finding);
      const known = shown.get(key);
      if (known === undefined) shown.set(key, { finding, checks: [each] });
      else known.checks.push(each);
    }
  const schemas = report.checks.filter(({ id }) => id.startsWith("schema-"));
  for (const { finding, checks } of shown.values()) {
    const [only] = checks;
    const note =
      schemas.length > 1 && checks.length === 1 && only?.id.startsWith("schema-")
        ? ` (only on provider ${only.id.slice("schema-".length)})`
        : "";
    lines.push("", ...findingLines(finding, note, colors));
  }
  lines.push("", summaryLine(report, colors));
  return `${lines.join("\n")}\n`;
}

function checkLine(
  { title, status, reason, durationMs, findings }: Check,
  width: number,
  colors: Colors,
): string {
  const mark = {
    passed: colors.green("passed "),
    failed: colors.red("failed "),
    skipped: colors.yellow("skipped"),
  }[status];
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const rest =
    status === "skipped"
      ? (reason ?? "")
      : [seconds(durationMs), ...(warnings > 0 ? [plural(warnings, "warning")] : [])].join(", ");
  return `${mark} ${title.padEnd(width)}  ${colors.dim(rest)}`.trimEnd();
}

function findingLines(finding: Finding, note: string, colors: Colors): string[] {
  const { severity, message, detail, file, line, column, fix, rule } = finding;
  const place =
    file === undefined
      ? ""
      : `${[file, line, column].filter((part) => part !== undefined).join(":")} `;
  const kind = severity === "error" ? colors.red("error") : colors.yellow("warning");
  return [
    `${colors.bold(place)}${kind} ${printable(message)}${note}`,
    ...(detail === undefined
      ? []
      : printable(detail)
          .split("\n")
          .map((each) => `  ${each}`)),
    ...(fix === undefined ? [] : [`  ${colors.cyan("fix:")} ${printable(fix)}`]),
    `  ${colors.dim(rule)}`,
  ];
}

function summaryLine({ checks, tool, durationMs }: Report, colors: Colors): string {
  const count = (status: Check["status"]): number =>
    checks.filter((each) => each.status === status).length;
  const [failed, skipped, passed] = [count("failed"), count("skipped"), count("passed")];
  const parts = [
    ...(failed > 0 ? [colors.red(`${failed} failed`)] : []),
    ...(skipped > 0 ? [colors.yellow(`${skipped} skipped`)] : []),
    colors.green(`${passed} passed`),
  ];
  const by =
    tool === undefined
      ? ""
      : ` with ${tool.iac === "opentofu" ? "OpenTofu" : "Terraform"} ${tool.version}`;
  return `${parts.join(", ")}${by} ${colors.dim(`in ${seconds(durationMs)}`)}`;
}

const seconds = (milliseconds: number): string =>
  milliseconds < 950 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** Text of a file or a tool must not steer the terminal. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are taken out
  text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");

/** The report without the plans, which are megabytes and for callers in this process. */
export function reportData({ plans: _plans, ...report }: FullReport): Report {
  return report;
}

/** Whether a check failed because the tool could not be used, not because of the repository. */
export const toolFailed = ({ checks }: Report): boolean =>
  checks.some(({ id, status }) => id === "tool" && status === "failed");
