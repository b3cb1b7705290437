/** argv to exit code: parses, runs the command, and puts errors into words. */
import { CommanderError } from "commander";
import { InvalidConfigError } from "../options/layers.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { buildProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs one command line.
 *
 * @param argv arguments without node and script
 * @returns the exit code of the process (DESIGN §3)
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const state: { exitCode: ExitCode } = { exitCode: EXIT.ok };
  const program = buildProgram(terminal, (code) => {
    state.exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return state.exitCode;
  } catch (error) {
    return report(error, argv, terminal);
  }
}

function report(error: unknown, argv: readonly string[], terminal: Terminal): ExitCode {
  const debug = argv.includes("--debug");
  const json = argv.includes("--json");
  if (error instanceof CommanderError) {
    // Commander has printed its message already; help and version end well.
    if (error.exitCode === 0) return EXIT.ok;
    const message = error.message.replace(/^error: /, "");
    if (json)
      terminal.out(
        `${JSON.stringify({ ok: false, exitCode: EXIT.usage, problems: [{ message }] })}\n`,
      );
    return EXIT.usage;
  }
  if (terminal.signal.aborted || (error as Error)?.name === "ExitPromptError")
    return finish(terminal, json, EXIT.cancelled, [
      { message: "cancelled; nothing was written", mend: undefined },
    ]);
  if (error instanceof InvalidConfigError) {
    if (debug) terminal.err(`${error.stack}\n`);
    return finish(terminal, json, EXIT.usage, error.problems);
  }
  if (error instanceof CliError) {
    if (debug) terminal.err(`${error.stack}\n`);
    return finish(terminal, json, error.exitCode, [error]);
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (debug) terminal.err(`${stack}\n`);
  return finish(terminal, json, EXIT.failed, [
    { message, mend: debug ? undefined : "run again with --debug for the stack trace" },
  ]);
}

interface Shown {
  path?: string;
  message: string;
  mend: string | undefined;
  origin?: string;
}

function finish(
  terminal: Terminal,
  json: boolean,
  exitCode: ExitCode,
  problems: readonly Shown[],
): ExitCode {
  const { colors } = terminal;
  for (const { path, message, mend, origin } of problems) {
    const where = path === undefined ? "" : `${colors.bold(path)}: `;
    const said = origin === undefined || origin === path ? "" : colors.dim(` (${origin})`);
    terminal.err(`${colors.red("error")} ${where}${message}${said}\n`);
    if (mend !== undefined) terminal.err(`      ${mend}\n`);
  }
  if (json)
    terminal.out(
      `${JSON.stringify({
        ok: false,
        exitCode,
        problems: problems.map(({ path, message, mend, origin }) => ({
          path,
          message,
          mend,
          origin,
        })),
      })}\n`,
    );
  return exitCode;
}
