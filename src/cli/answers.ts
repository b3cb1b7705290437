/** Gathers the answers of one create: file, variables, flags. */
import { declarations } from "../features/index.ts";
import {
  type Assignment,
  applyAssignments,
  InvalidConfigError,
  readAnswer,
  readSetting,
  readVariables,
} from "../options/layers.ts";
import type { Data } from "../options/paths.ts";
import { checkSchema } from "../options/validate.ts";
import { type CreateFlags, RESERVED_VARIABLES } from "./flags.ts";
import type { Terminal } from "./terminal.ts";

/** A flag's name as commander keys its value. */
export const camel = (flag: string): string =>
  flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Answers that flags give, `--set` last. */
export function flagAnswers(flags: CreateFlags & Record<string, unknown>): Assignment[] {
  const answers: Assignment[] = [];
  for (const declaration of declarations) {
    if (declaration.flag === undefined) continue;
    const value = flags[camel(declaration.flag)];
    if (value === true)
      answers.push({ path: declaration.path, value, origin: `--${declaration.flag}` });
    else if (typeof value === "string")
      answers.push(readAnswer(declaration, value, `--${declaration.flag}`));
  }
  return [...answers, ...(flags.set ?? []).map((setting) => readSetting(declarations, setting))];
}

/** Everything that was answered before anything is asked. Throws `InvalidConfigError`. */
export async function gatherAnswers(
  flags: CreateFlags & Record<string, unknown>,
  terminal: Terminal,
): Promise<Data> {
  let input: Data = {};
  if (flags.config !== undefined) {
    const { readConfigFile } = await import("./config-input.ts");
    input = await readConfigFile(flags.config, terminal);
    refuse(checkSchema(declarations, input), flags.config);
  }
  const answers = [
    ...readVariables(declarations, terminal.env, RESERVED_VARIABLES),
    ...flagAnswers(flags),
  ];
  input = applyAssignments(declarations, input, answers);
  const problems = checkSchema(declarations, input).map((problem) => ({
    ...problem,
    origin: answers.find(({ path }) => problem.path === path || problem.path.startsWith(`${path}.`))
      ?.origin,
  }));
  refuse(problems);
  return input;
}

function refuse(
  problems: readonly { path: string; message: string; mend: string }[],
  origin?: string,
): void {
  if (problems.length > 0)
    throw new InvalidConfigError(
      problems.map((problem) => (origin === undefined ? problem : { ...problem, origin })),
    );
}
