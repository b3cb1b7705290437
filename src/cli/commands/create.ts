/** `create-hardened-eks [directory]`: from answers to a validated repository on disk. */
import { basename, resolve } from "node:path";
import { buildBlueprint } from "../../blueprint/build.ts";
import { checkConfig, checkWhole } from "../../blueprint/check.ts";
import { isOneSlipAway } from "../../catalog/index.ts";
import { declarations } from "../../features/index.ts";
import { sealOf } from "../../lifecycle/render.ts";
import { fillDefaults } from "../../options/defaults.ts";
import { InvalidConfigError } from "../../options/layers.ts";
import { type Data, getPath } from "../../options/paths.ts";
import type { Report } from "../../proof/index.ts";
import { renderRepository } from "../../render/render.ts";
import { checkTarget, stage, TargetError } from "../../workspace/write.ts";
import { gatherAnswers } from "../answers.ts";
import { commandLine } from "../command-line.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { CreateFlags } from "../flags.ts";
import { maker } from "../maker.ts";
import { startProgress } from "../progress.ts";
import { createJson, createSummary } from "../summary.ts";
import type { Terminal } from "../terminal.ts";

/** Runs create. Throws `CliError`, `InvalidConfigError` or `TargetError`; leaves nothing on disk when it does. */
export async function create(
  argument: string | undefined,
  flags: CreateFlags & Record<string, unknown>,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await attempt(argument, flags, terminal);
  } catch (error) {
    if (error instanceof TargetError)
      throw new CliError(error.message, exitCodeOf(error), error.mend, { cause: error });
    throw error;
  }
}

/** A target that cannot be used is a wrong argument; a disk that fails is a failure. */
const exitCodeOf = (error: TargetError): ExitCode =>
  error.cause === undefined ? EXIT.usage : EXIT.failed;

async function attempt(
  argument: string | undefined,
  flags: CreateFlags & Record<string, unknown>,
  terminal: Terminal,
): Promise<ExitCode> {
  if (argument !== undefined) refuseCommandWord(argument);
  let input = await gatherAnswers(flags, terminal);
  const named = argument ?? (typeof input.name === "string" ? input.name : undefined);
  let target = named === undefined ? undefined : resolve(terminal.cwd, named);
  if (target !== undefined) checkTarget(target);

  const asks = terminal.interactive && flags.yes !== true && flags.input !== false;
  if (asks) {
    refuseAnswered(input, target, terminal.today);
    const { ask } = await import("../ask.ts");
    input = await ask(input, target === undefined ? undefined : basename(target), terminal);
  } else if (flags.yes !== true) {
    await refuseToAsk(input, target, flags);
  }
  if (target === undefined && typeof input.name === "string") {
    target = resolve(terminal.cwd, input.name);
    checkTarget(target);
  }
  if (target === undefined)
    throw new CliError(
      "no directory was given",
      EXIT.wouldAsk,
      "name it: create-hardened-eks my-cluster, or --name my-cluster",
    );

  const config = fillDefaults(declarations, input, basename(target));
  const { problems, warnings } = checkWhole(config, terminal.today);
  if (problems.length > 0) throw new InvalidConfigError(problems);

  const blueprint = buildBlueprint(config);
  const tree = renderRepository(config, blueprint);
  const progress = await startProgress(terminal);
  progress.step("Writing");
  // Packed beside the writing of the files.
  const seal = sealOf(tree, config, maker());
  const staged = await stage(target, tree, terminal.signal);
  const files = [...tree.keys()];
  let report: Report | undefined;
  try {
    const sealed = await seal;
    await staged.add(sealed);
    files.push(...sealed.keys());
    if (flags.validate !== false) {
      progress.step(`Validating with ${config.iac === "opentofu" ? "OpenTofu" : "Terraform"}`);
      const { validateInstant } = await import("../../proof/index.ts");
      report = await validateInstant({
        directory: staged.directory,
        tool: flags.tool,
        iac: config.iac,
        providers: config.awsProvider === 6 ? [6] : [5, 6],
        signal: terminal.signal,
        env: terminal.env,
      });
    }
    terminal.signal.throwIfAborted();
    if (report?.checks.some((check) => check.status === "failed")) {
      progress.stop();
      const { formatReport, toolFailed } = await import("../../proof/report.ts");
      terminal.err(formatReport(report, terminal.colors));
      if (toolFailed(report))
        throw new CliError(
          "the repository could not be validated; nothing was written",
          EXIT.failed,
          "mend the tool as said above, name another with --tool, or leave the validation out with --no-validate",
        );
      throw new CliError(
        "the generated repository did not pass its own validation; nothing was written",
        EXIT.findings,
        "this is a defect of create-hardened-eks: please report it with the lines above",
      );
    }
    await staged.commit();
  } catch (error) {
    await staged.discard();
    throw error;
  } finally {
    progress.stop();
  }

  const shownDirectory = argument ?? config.name;
  const made = {
    target,
    config,
    blueprint,
    files,
    report,
    warnings,
    command: commandLine(shownDirectory, config),
  };
  if (flags.json) terminal.out(createJson(made));
  terminal.err(createSummary(made, terminal));
  return EXIT.ok;
}

/** What is wrong with the answers already given is said before anything is asked. */
function refuseAnswered(input: Data, target: string | undefined, today: string): void {
  const draft = fillDefaults(
    declarations,
    input,
    target === undefined ? "my-cluster" : basename(target),
  );
  const wrong = checkConfig(draft, today).problems.filter(
    ({ path }) => getPath(input, path) !== undefined,
  );
  if (wrong.length > 0) throw new InvalidConfigError(wrong);
}

/** Commands of this tool, the planned ones too, and what they are easily mistyped as. */
const COMMAND_WORDS = [
  "add",
  "adopt",
  "audit",
  "check",
  "completion",
  "create",
  "doctor",
  "eject",
  "explain",
  "help",
  "options",
  "remove",
  "schema",
  "set",
  "upgrade",
  "validate",
];

/** A bare word that looks like a command is not silently made into a directory. */
function refuseCommandWord(argument: string): void {
  const close = COMMAND_WORDS.find((known) => known === argument || isOneSlipAway(argument, known));
  if (close === undefined || (close.length < 6 && close !== argument)) return;
  throw new CliError(
    close === argument ? `${argument} is no command here` : `did you mean the command ${close}?`,
    EXIT.usage,
    `for a directory of that name write ./${argument}`,
  );
}

async function refuseToAsk(
  input: Data,
  target: string | undefined,
  flags: CreateFlags,
): Promise<void> {
  const { openQuestions } = await import("../wizard.ts");
  const open = openQuestions(input).filter(
    ({ path, prompt }) => !(path === "name" && target !== undefined) && prompt.when === undefined,
  );
  if (open.length === 0) return;
  const names = open.map(({ flag, path }) =>
    flag === undefined ? `--set ${path}=…` : `--${flag}`,
  );
  throw new CliError(
    `would have to ask, but ${flags.input === false ? "--no-input was given" : "this is no terminal"}: ${names.join(", ")}`,
    EXIT.wouldAsk,
    "give these flags, or --yes to take the defaults",
  );
}
