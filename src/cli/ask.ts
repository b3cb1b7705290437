/** Asks the open questions on the terminal. */
import { declarations } from "../features/index.ts";
import type { Data } from "../options/paths.ts";
import { checkSchema } from "../options/validate.ts";
import { askOnStderr } from "./questions.ts";
import type { Terminal } from "./terminal.ts";
import { questionsFor, withAnswers } from "./wizard.ts";

/** The input with the answers of the wizard. Rejects with inquirer's `ExitPromptError` on Ctrl-C. */
export async function ask(
  input: Data,
  directoryName: string | undefined,
  terminal: Terminal,
): Promise<Data> {
  // A directory whose name is none for a project leaves the question open.
  const isName =
    directoryName !== undefined && checkSchema(declarations, { name: directoryName }).length === 0;
  const answered = isName ? { name: directoryName, ...input } : input;
  const questions = questionsFor(answered, "my-cluster", terminal.today);
  terminal.err(
    `${terminal.colors.bold("create-hardened-eks")}: ${questions.filter(({ when }) => when === undefined).length} questions, Enter takes the default.\n\n`,
  );
  const answers = await askOnStderr(questions, terminal.signal);
  return withAnswers(answered, answers);
}
