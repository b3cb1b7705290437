/** Asks the open questions on the terminal. */
import inquirer from "inquirer";
import type { Data } from "../options/paths.ts";
import type { Terminal } from "./terminal.ts";
import { questionsFor, withAnswers } from "./wizard.ts";

/** The input with the answers of the wizard. Rejects with inquirer's `ExitPromptError` on Ctrl-C. */
export async function ask(
  input: Data,
  directoryName: string | undefined,
  terminal: Terminal,
): Promise<Data> {
  const answered = directoryName === undefined ? input : { name: directoryName, ...input };
  const questions = questionsFor(answered, "my-cluster", terminal.today);
  terminal.err(
    `${terminal.colors.bold("create-hardened-eks")}: ${questions.filter(({ when }) => when === undefined).length} questions, Enter takes the default.\n\n`,
  );
  // Inquirer's types ask for literal question types; ours are computed from the declarations.
  const prompt = inquirer.createPromptModule({ output: process.stderr });
  const answers = (await prompt(questions as never)) as Record<string, unknown>;
  return withAnswers(answered, answers);
}
