/** What create says at its end: what was made, posture, cost, the same in one line, next steps. */
import { relative } from "node:path";
import type { Blueprint } from "../blueprint/types.ts";
import { postureOf } from "../controls/posture.ts";
import type { Config } from "../options/config.ts";
import type { Problem } from "../options/layers.ts";
import type { Report } from "../proof/index.ts";
import { word } from "./command-line.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

export interface Made {
  target: string;
  config: Config;
  blueprint: Blueprint;
  /** Paths of what was written. */
  files: readonly string[];
  report: Report | undefined;
  warnings: readonly Problem[];
  command: string;
}

/** The result as one JSON document. */
export function createJson({
  target,
  config,
  blueprint,
  files,
  report,
  warnings,
  command,
}: Made): string {
  const posture = postureOf(config, blueprint);
  return `${JSON.stringify({
    ok: true,
    exitCode: EXIT.ok,
    directory: target,
    files: files.length,
    validation: report?.checks ?? [{ id: "instant", status: "skipped", reason: "--no-validate" }],
    posture: {
      met: posture.filter(({ status }) => status === "met").map(({ claim }) => claim.id),
      exceptions: blueprint.exceptions,
    },
    costUsdPerMonth: blueprint.cost,
    missingAnswers: blueprint.missingAnswers,
    warnings,
    command,
  })}\n`;
}

/** Files per top-level entry, sorted. */
function topLevel(files: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const path of files) {
    const [head, ...rest] = path.split("/") as [string, ...string[]];
    const key = rest.length === 0 ? "(top level)" : `${head}/`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) =>
    a === "(top level)" ? 1 : b === "(top level)" ? -1 : a < b ? -1 : 1,
  );
}

/** Thousands apart; ICU would cost more than the whole summary. */
const dollars = (amount: number): string => `$${String(amount).replace(/\B(?=(\d{3})+$)/g, ",")}`;

/** The summary for a person. */
export function createSummary(made: Made, terminal: Terminal): string {
  const { colors } = terminal;
  const { blueprint, report, warnings, files } = made;
  const where = relative(terminal.cwd, made.target) || ".";
  const lines: string[] = [];
  const heading = (text: string): number => lines.push("", colors.bold(text));

  lines.push(`${colors.green("✔")} ${colors.bold(where)}: ${files.length} files`);
  for (const [name, count] of topLevel(files))
    lines.push(`  ${name.padEnd(16)} ${String(count).padStart(3)}`);

  heading("Validation");
  if (report === undefined) lines.push(`  ${colors.yellow("–")} skipped: --no-validate`);
  for (const check of report?.checks ?? []) {
    const mark = check.status === "passed" ? colors.green("✔") : colors.yellow("–");
    const time = check.status === "passed" ? colors.dim(` ${Math.round(check.durationMs)} ms`) : "";
    lines.push(
      `  ${mark} ${check.title}${check.status === "skipped" ? `: skipped, ${check.reason}` : time}`,
    );
  }

  const posture = postureOf(made.config, blueprint);
  const met = posture.filter(({ status }) => status === "met");
  heading(
    `Posture: ${met.length} controls met, ${blueprint.exceptions.length} exceptions ${colors.dim("(audit proves them: docs/controls.md)")}`,
  );
  const areas = new Map<string, number>();
  for (const { claim } of met) {
    const area = claim.id.slice(0, claim.id.indexOf("."));
    areas.set(area, (areas.get(area) ?? 0) + 1);
  }
  for (const [area, count] of areas)
    lines.push(`  ${colors.green("✔")} ${area.padEnd(14)} ${String(count).padStart(3)}`);
  for (const { what, why } of blueprint.exceptions)
    lines.push(`  ${colors.yellow("!")} ${what} ${colors.dim(`(${why})`)}`);

  heading(
    `Cost: about ${dollars(blueprint.cost.monthlyUsd)} a month ${colors.dim("(list prices of us-east-1, without traffic)")}`,
  );
  for (const { environment, monthlyUsd } of blueprint.cost.environments)
    lines.push(`  ${environment.padEnd(16)} ${dollars(monthlyUsd).padStart(7)}`);

  if (warnings.length > 0) {
    heading("Worth knowing");
    for (const { path, message, mend } of warnings) lines.push(`  ${path}: ${message}; ${mend}`);
  }

  heading("The same again");
  lines.push(`  ${made.command}`);

  heading("Next");
  const steps = [
    `cd ${word(where.startsWith("-") ? `./${where}` : where)} && git init && git add --all && git commit -m "Hardened EKS"`,
    blueprint.missingAnswers.length > 0
      ? `Fill in ${blueprint.missingAnswers.map((entry) => entry.variable).join(", ")}: README.md, "First hour"`
      : `Read README.md, "First hour"`,
    blueprint.bootstrap
      ? "Bootstrap the account: docs/runbooks/bootstrap.md"
      : "Apply accounts, then environments: README.md",
  ];
  steps.forEach((step, index) => {
    lines.push(`  ${index + 1}. ${step}`);
  });
  return `${lines.join("\n")}\n`;
}
