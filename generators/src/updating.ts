/** What the updating generators share: the command runs as it does on the command line; Yeoman writes nothing itself. */
import Generator from "yeoman-generator";
import { CliError, EXIT, type ExitCode } from "../../src/cli/exit.ts";
import { processTerminal, type Terminal } from "../../src/cli/terminal.ts";
import type { UpdateFlags } from "../../src/cli/update/run.ts";
import { InvalidConfigError } from "../../src/options/layers.ts";

export abstract class UpdatingGenerator extends Generator {
  // Yeoman's own signature is wider than what it passes.
  // biome-ignore lint/suspicious/noExplicitAny: the base class asks for it
  constructor(args: any, options: any, features?: any) {
    super(args, options, { ...features, customInstallTask: true });
    this.option("dry-run", { type: Boolean, description: "Say what would change; write nothing" });
    this.option("diff", { type: Boolean, description: "Print the changes as a unified diff" });
    this.option("allow-dirty", { type: Boolean, description: "Merge what is not committed, too" });
  }

  /** Runs a command of the core in the destination. Throws where it does not end well. */
  protected async runCommand(
    command: (flags: UpdateFlags, terminal: Terminal) => Promise<ExitCode>,
  ): Promise<void> {
    const options = this.options as Record<string, unknown>;
    const flags: UpdateFlags = {
      dryRun: options["dry-run"] === true || options.dryRun === true,
      diff: options.diff === true,
      allowDirty: options["allow-dirty"] === true || options.allowDirty === true,
    };
    let exitCode: ExitCode;
    try {
      exitCode = await command(flags, processTerminal(new AbortController().signal));
    } catch (error) {
      if (error instanceof CliError)
        throw new Error(`${error.message}${error.mend === undefined ? "" : `; ${error.mend}`}`);
      if (error instanceof InvalidConfigError)
        throw new Error(
          error.problems
            .map(({ path, message, mend }) => `${path}: ${message}; ${mend}`)
            .join("\n"),
        );
      throw error;
    }
    if (exitCode === EXIT.conflicts)
      throw new Error("there are conflicts: resolve them, then run the upgrade again");
  }
}
