/** What `check` says: for a person, as JSON and as SARIF. */
import type { Log } from "sarif";
import { sarifLocation, sarifLog } from "../../proof/sarif.ts";
import type { Terminal } from "../terminal.ts";
import { type CheckFinding, RULES } from "./findings.ts";

export interface CheckReport {
  directory: string;
  version: string;
  findings: readonly CheckFinding[];
  fixed: readonly string[];
}

/** Whether something has to be done. */
export const hasErrors = ({ findings }: Pick<CheckReport, "findings">): boolean =>
  findings.some(({ level }) => level !== "note");

/** The report for a person. */
export function checkText(
  { directory, findings, fixed }: CheckReport,
  colors: Terminal["colors"],
): string {
  const paint = { error: colors.red, warning: colors.yellow, note: colors.dim };
  const lines = fixed.map((path) => `${colors.green("fixed")}  ${path}`);
  for (const { level, rule, path, message, mend } of findings)
    lines.push(`${paint[level](level)}  ${path}  ${message} ${colors.dim(`(${rule}; ${mend})`)}`);
  const count = findings.filter(({ level }) => level !== "note").length;
  lines.push(
    count === 0
      ? `${colors.green("ok")}  ${directory} is as it was rendered${findings.length === 0 ? "" : ", but for what is noted"}`
      : `${count} finding${count === 1 ? "" : "s"}`,
  );
  return `${lines.join("\n")}\n`;
}

/** The report as a SARIF log. */
export function checkSarif({ findings, version }: CheckReport): Log {
  const ids = Object.keys(RULES);
  return sarifLog(
    version,
    ids.map((id) => ({ id, shortDescription: { text: RULES[id] as string } })),
    findings.map(({ rule, level, path, message, mend }) => ({
      ruleId: rule,
      ruleIndex: ids.indexOf(rule),
      level,
      message: { text: `${message}; ${mend}` },
      locations: [sarifLocation({ file: path, line: 1 })],
    })),
  );
}
