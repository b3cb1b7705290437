/** `create-hardened-eks validate [dir]`. */
import { validateFull, validateInstant } from "../../proof/index.ts";
import { formatReport, reportData, toolFailed } from "../../proof/report.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { ValidateFlags } from "../flags.ts";
import { startProgress } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import { repositoryAt } from "./repository.ts";

/** Validates a repository as it stands; never writes into it. */
export async function validate(
  directory: string,
  flags: ValidateFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const providers = flags.provider?.split(",").map(Number);
  if (providers?.every((major) => major === 5 || major === 6) === false)
    throw new CliError(`--provider ${flags.provider} is not valid`, EXIT.usage, "give 5, 6 or 5,6");
  const repository = await repositoryAt(directory, terminal);
  const options = {
    directory: repository,
    tool: flags.tool,
    providers: providers as (5 | 6)[] | undefined,
    tests: flags.test,
    signal: terminal.signal,
    env: terminal.env,
  };
  const progress = await startProgress(terminal);
  progress.step(flags.full ? "Validating on the real provider" : "Validating");
  try {
    const report = await (flags.full ? validateFull(options) : validateInstant(options));
    progress.stop();
    const failed = report.checks.some((check) => check.status === "failed");
    const exitCode = toolFailed(report) ? EXIT.failed : failed ? EXIT.findings : EXIT.ok;
    if (flags.json)
      terminal.out(`${JSON.stringify({ ok: !failed, exitCode, ...reportData(report) })}\n`);
    else terminal.out(formatReport(report, terminal.outColors));
    return exitCode;
  } finally {
    progress.stop();
  }
}
