/** `yo hardened-eks`: the same questions and the same repository, through Yeoman's life cycle. */
import { basename } from "node:path";
import Generator from "yeoman-generator";
import { buildBlueprint } from "../../../src/blueprint/build.ts";
import { checkWhole } from "../../../src/blueprint/check.ts";
import { camel, gatherAnswers } from "../../../src/cli/answers.ts";
import { processTerminal, type Terminal } from "../../../src/cli/terminal.ts";
import { questionsFor, withAnswers } from "../../../src/cli/wizard.ts";
import { declarations } from "../../../src/features/index.ts";
import type { Config } from "../../../src/options/config.ts";
import { fillDefaults } from "../../../src/options/defaults.ts";
import { InvalidConfigError, type Problem } from "../../../src/options/layers.ts";
import type { Data } from "../../../src/options/paths.ts";

const sentences = (problems: readonly Problem[]): string =>
  problems.map(({ path, message, mend }) => `${path}: ${message}; ${mend}`).join("\n");

export default class HardenedEks extends Generator {
  #input: Data = {};
  #config: Config | undefined;
  #terminal: Terminal = processTerminal(new AbortController().signal);

  // Yeoman's own signature is wider than what it passes.
  // biome-ignore lint/suspicious/noExplicitAny: the base class asks for it
  constructor(args: any, options: any, features?: any) {
    super(args, options, { ...features, customInstallTask: true });
    this.argument("directory", { type: String, required: false, description: "Where it is made" });
    for (const { flag, summary, kind } of declarations)
      if (flag !== undefined)
        this.option(flag, { type: kind === "toggle" ? Boolean : String, description: summary });
    this.option("yes", { type: Boolean, description: "Take the default of every open question" });
    this.option("config", { type: String, description: "Read answers from a YAML or JSON file" });
    this.option("set", { type: String, description: "Answer anything by its path: path=value" });
  }

  async initializing(): Promise<void> {
    const { set, ...flags } = this.options as Record<string, unknown>;
    const settings = set === undefined ? [] : [set].flat().map(String);
    try {
      this.#input = await gatherAnswers({ ...camelCased(flags), set: settings }, this.#terminal);
    } catch (error) {
      if (error instanceof InvalidConfigError) throw new Error(sentences(error.problems));
      throw error;
    }
    const { directory } = this.options as { directory?: string };
    if (directory !== undefined) this.destinationRoot(this.destinationPath(directory));
  }

  async prompting(): Promise<void> {
    if ((this.options as { yes?: boolean }).yes) return;
    const name = basename(this.destinationRoot());
    const questions = questionsFor(this.#input, name, this.#terminal.today);
    // The question types are computed; Yeoman's typing wants literals.
    const answers = (await this.prompt(questions as never)) as Record<string, unknown>;
    this.#input = withAnswers(this.#input, answers);
  }

  configuring(): void {
    const config = fillDefaults(declarations, this.#input, basename(this.destinationRoot()));
    const { problems } = checkWhole(config, this.#terminal.today);
    if (problems.length > 0) throw new Error(sentences(problems));
    this.#config = config;
  }

  async writing(): Promise<void> {
    const config = this.#config as Config;
    const { renderRepository } = await import("../../../src/render/render.ts");
    const { sealOf } = await import("../../../src/lifecycle/render.ts");
    const { maker } = await import("../../../src/cli/maker.ts");
    const tree = renderRepository(config, buildBlueprint(config));
    // Yeoman writes at its commit, after its own conflict handling.
    for (const [path, { contents, mode }] of [...tree, ...(await sealOf(tree, config, maker()))])
      this.fs.write(this.destinationPath(path), contents, { stat: { mode } } as never);
  }

  /** The instant validation is the "install" of this generator: `--skip-install` leaves it out. */
  async install(): Promise<void> {
    if ((this.options as { skipInstall?: boolean }).skipInstall) return;
    const { validateInstant } = await import("../../../src/proof/index.ts");
    const { formatReport } = await import("../../../src/proof/report.ts");
    const config = this.#config as Config;
    const report = await validateInstant({
      directory: this.destinationRoot(),
      iac: config.iac,
      providers: config.awsProvider === 6 ? [6] : [5, 6],
      signal: this.#terminal.signal,
      env: this.#terminal.env,
    });
    this.log(formatReport(report, this.#terminal.colors));
    if (report.checks.some((check) => check.status === "failed"))
      throw new Error("the generated repository did not pass its own validation");
  }
}

/** Yeoman keeps options as they were declared; the core reads commander's camel case. */
function camelCased(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
}
