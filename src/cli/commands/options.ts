/** `create-hardened-eks options`: every declared option, for people, scripts and the README. */
import { declarations } from "../../features/index.ts";
import { variableName } from "../../options/layers.ts";
import { ENVIRONMENT_ONLY } from "../../options/paths.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { defaultWords } from "../flags.ts";
import type { Terminal } from "../terminal.ts";

interface Row {
  path: string;
  flag?: string;
  variable?: string;
  summary: string;
  default: string;
  values: string;
  perEnvironment: boolean;
  asked: boolean | string;
}

/** One row a declaration. */
function optionRows(): Row[] {
  return declarations.map((declaration) => ({
    path: ENVIRONMENT_ONLY.includes(declaration.path)
      ? `environments.<name>.${declaration.path}`
      : declaration.path,
    ...(declaration.flag === undefined ? {} : { flag: `--${declaration.flag}` }),
    ...(ENVIRONMENT_ONLY.includes(declaration.path) ? {} : { variable: variableName(declaration) }),
    summary: declaration.summary,
    default:
      defaultWords(declaration) ||
      (declaration.kind === "toggle" ? String(declaration.default) : "none"),
    values: declaration.expects,
    perEnvironment: declaration.perEnvironment === true,
    asked: "message" in declaration.prompt ? true : declaration.prompt.notAsked,
  }));
}

/** Rows as a Markdown table, aligned as prettier does. */
function optionsMarkdown(): string {
  const header = ["Flag", "Path in `hardened-eks.yaml`", "Default", "What it decides"];
  const cells = optionRows().map((row) => [
    row.flag === undefined ? "`--set`" : `\`${row.flag}\``,
    `\`${row.path}\``,
    row.default,
    `${row.summary} (${row.values})`.replaceAll("|", "\\|"),
  ]);
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...cells.map((row) => (row[column] as string).length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(" | ")} |`;
  return `${[line(header), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n")}\n`;
}

/** Prints the options as text, JSON or Markdown. */
export function listOptions(
  flags: { json?: boolean; markdown?: boolean },
  terminal: Terminal,
): ExitCode {
  if (flags.json) terminal.out(`${JSON.stringify({ options: optionRows() })}\n`);
  else if (flags.markdown) terminal.out(optionsMarkdown());
  else {
    const { outColors: colors } = terminal;
    for (const row of optionRows()) {
      terminal.out(`${colors.bold(row.flag ?? `--set ${row.path}=…`)}\n`);
      terminal.out(`    ${row.summary}: ${row.values}\n`);
      terminal.out(
        `    ${colors.dim(`default ${row.default} · ${row.variable ?? "per environment"} · ${row.path}`)}\n`,
      );
    }
  }
  return EXIT.ok;
}
