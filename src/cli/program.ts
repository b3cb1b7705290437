/** The command line, built from the option declarations. */
import { Command, Option } from "commander";
import { declarations } from "../features/index.ts";
import type { OptionDeclaration } from "../options/declare.ts";
import type { AdoptFlags } from "./commands/adopt.ts";
import type { ChangeFlags } from "./commands/change.ts";
import type { CheckFlags } from "./commands/check.ts";
import type { EjectFlags } from "./commands/eject.ts";
import type { ExitCode } from "./exit.ts";
import { type AuditFlags, type CreateFlags, defaultWords, type ValidateFlags } from "./flags.ts";
import type { Terminal } from "./terminal.ts";
import type { UpdateFlags } from "./update/run.ts";
import { VERSION } from "./version.ts";

const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

function optionOf(declaration: OptionDeclaration): Option {
  const value = declaration.kind === "toggle" ? "" : ` <${declaration.placeholder}>`;
  const fallback = defaultWords(declaration);
  const words =
    declaration.kind === "choice" ? declaration.choices?.map((entry) => entry.value) : undefined;
  const notes = [
    ...(words === undefined ? [] : [words.join(", ")]),
    ...(fallback === "" ? [] : [`default ${fallback}`]),
  ].join("; ");
  return new Option(
    `--${declaration.flag}${value}`,
    `${declaration.summary}${notes === "" ? "" : ` (${notes})`}`,
  );
}

/** Builds the program; every action reports its exit code. */
export function buildProgram(terminal: Terminal, exitWith: (code: ExitCode) => void): Command {
  const program = new Command("create-hardened-eks");
  program
    .description(
      "A private, hardened Amazon EKS repository in one command: Terraform or OpenTofu,\nKubernetes policies, pipelines and runbooks, validated before it is yours.",
    )
    .version(VERSION, "-v, --version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .argument("[directory]", "Where the repository is made; must not exist or be empty")
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: Math.min(terminal.width, 100), sortSubcommands: false })
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .optionsGroup("Answers (each also as HARDENED_EKS_<FLAG>, and in the file):");
  for (const declaration of declarations)
    if (declaration.flag !== undefined) program.addOption(optionOf(declaration));
  program
    .optionsGroup("How to run:")
    .option("-y, --yes", "Take the default of every question not answered")
    .option("--no-input", "Never ask; exit 4 where a question would be asked")
    .option("--config <file>", "Read answers from a YAML or JSON file, - for standard input")
    .option("--set <path=value>", "Answer anything by its path in the file; repeatable", collect)
    .option("--no-validate", "Do not run the instant validation")
    .option("--tool <path>", "The terraform or tofu to validate with")
    .option("--json", "Print one JSON document on standard output")
    .option("--debug", "Print stack traces")
    .action(async (directory: string | undefined, flags: CreateFlags & Record<string, unknown>) => {
      const { create } = await import("./commands/create.ts");
      exitWith(await create(directory, flags, terminal));
    });

  const command = (name: string, summary: string): Command =>
    program
      .command(name)
      .description(summary)
      .helpOption("-h, --help", "Print this help")
      .exitOverride()
      .showSuggestionAfterError()
      .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });

  command("validate", "Check a repository: syntax, schema and values; --full on the real provider")
    .argument("[directory]", "The repository", ".")
    .option("--full", "Use the real provider: init, validate, offline plan, test")
    .option("--test", "Also run the repository's tests, on a mocked provider")
    .option(
      "--provider <majors>",
      "Provider majors of the instant check, such as 5 or 5,6 (default those that the repository is written for)",
    )
    .option("--tool <path>", "The terraform or tofu to use")
    .option("--json", "Print one JSON document on standard output")
    .option("--debug", "Print stack traces")
    .action(async (directory: string, _flags: unknown, self: Command) => {
      const { validate } = await import("./commands/validate.ts");
      exitWith(await validate(directory, self.optsWithGlobals<ValidateFlags>(), terminal));
    });
  command("audit", "Check a repository, or a plan, against every Control; exit 3 on findings")
    .argument("[directory]", "The repository", ".")
    .option("--format <format>", "text, json, sarif or junit (default text)")
    .option("--plan <file>", "Audit the JSON of a plan instead, - for standard input")
    .option(
      "--fail-on <severity>",
      "Least severity that fails: critical, high, medium, low, never (default low)",
    )
    .option("--control <id>", "Only this Control or area; repeatable, comma-separated", collect)
    .option("--framework <name>", "Also the table of a framework: cis-eks")
    .option("--all", "Name what is in order, too")
    .option("--json", "The same as --format json")
    .option("--debug", "Print stack traces")
    .action(async (directory: string, _flags: unknown, self: Command) => {
      const { audit } = await import("./commands/audit.ts");
      exitWith(await audit(directory, self.optsWithGlobals<AuditFlags>(), terminal));
    });
  command(
    "check",
    "Find drift, answers not applied and versions out of support; exit 3 on findings",
  )
    .argument("[directory]", "The repository", ".")
    .option(
      "--fix [paths...]",
      "Bring files that are ours back to their render, and a torn lock; a path brings back your edits of it, too",
    )
    .option("--online", "Also ask npm for a newer version")
    .option("--format <format>", "text, json or sarif (default text)")
    .option("--json", "The same as --format json")
    .option("--debug", "Print stack traces")
    .action(async (directory: string, _flags: unknown, self: Command) => {
      const { check } = await import("./commands/check.ts");
      exitWith(await check(directory, self.optsWithGlobals<CheckFlags>(), terminal));
    });
  const updating = (name: string, summary: string): Command =>
    command(name, summary)
      .option("--dry-run", "Say what would change; write nothing")
      .option("--diff", "Print the changes as a unified diff")
      .option("--allow-dirty", "Merge changes that are not committed, too; a copy is kept")
      .option("--no-input", "Never ask about a conflict; leave it in the files")
      .option("--json", "Print one JSON document on standard output")
      .option("--debug", "Print stack traces");
  updating("upgrade", "Render anew with this version and merge; exit 5 on conflicts")
    .argument("[directory]", "The repository", ".")
    .option("--abort", "Undo the last update: the tree is as it was before it")
    .action(async (directory: string, _flags: unknown, self: Command) => {
      const { upgrade } = await import("./commands/upgrade.ts");
      exitWith(await upgrade(directory, self.optsWithGlobals<UpdateFlags>(), terminal));
    });
  const changing = (name: "set" | "add" | "remove", summary: string, words: string): void => {
    updating(name, summary)
      .argument(words, "See above")
      .option("-C, --directory <directory>", "The repository (default the current directory)")
      .action(async (list: string[], _flags: unknown, self: Command) => {
        const commands = await import("./commands/change.ts");
        exitWith(await commands[name](list, self.optsWithGlobals<ChangeFlags>(), terminal));
      });
  };
  changing("set", "Change answers and merge what follows: set kubernetes=1.36", "<path=value...>");
  changing(
    "add",
    "Add add-ons, or environments.NAME, namespaces.NAME, nodes.groups.NAME",
    "<what...>",
  );
  changing("remove", "Remove what add adds", "<what...>");
  command("adopt", "Find the base of a repository that lost its lock, by the contents of its files")
    .argument("[directory]", "The repository", ".")
    .option("-y, --yes", "Take the nearest render without asking")
    .option("--dry-run", "Say which it is; write nothing")
    .option("--no-input", "Never ask; exit 4 where a question would be asked")
    .option("--json", "Print one JSON document on standard output")
    .option("--debug", "Print stack traces")
    .action(async (directory: string, _flags: unknown, self: Command) => {
      const { adopt } = await import("./commands/adopt.ts");
      exitWith(await adopt(directory, self.optsWithGlobals<AdoptFlags>(), terminal));
    });
  updating("eject", "Leave this tool: a plain repository without a trace of it; says what is lost")
    .argument("[directory]", "The repository", ".")
    .option("-y, --yes", "Do not ask whether you are sure")
    .action(async (directory: string, _flags: unknown, self: Command) => {
      const { eject } = await import("./commands/eject.ts");
      exitWith(await eject(directory, self.optsWithGlobals<EjectFlags>(), terminal));
    });
  command("options", "List every option with its flag, variable, default and values")
    .option("--json", "Print one JSON document on standard output")
    .option("--markdown", "Print Markdown")
    .action(async (_flags: unknown, self: Command) => {
      const { listOptions } = await import("./commands/options.ts");
      exitWith(listOptions(self.optsWithGlobals(), terminal));
    });
  command("schema", "Print the JSON Schema of hardened-eks.yaml").action(async () => {
    const { printSchema } = await import("./commands/schema.ts");
    exitWith(printSchema(terminal));
  });
  command("completion", "Print a completion script")
    .argument("<shell>", "bash, zsh or fish")
    .action(async (shell: string) => {
      const { printCompletion } = await import("./commands/completion.ts");
      exitWith(printCompletion(shell, terminal, program));
    });
  return program;
}
