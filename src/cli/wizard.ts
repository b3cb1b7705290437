/** The questions of create, built from the declarations: for the terminal and for Yeoman. */
import { checkConfig } from "../blueprint/check.ts";
import {
  findRegion,
  kubernetesVersions,
  regions,
  sizesOf,
  supportStatus,
  usableZoneIds,
} from "../catalog/index.ts";
import { declarations, findFeature } from "../features/index.ts";
import type { Choice, OptionDeclaration, Prompt } from "../options/declare.ts";
import { fillDefaults } from "../options/defaults.ts";
import { type Data, getPath, setPath } from "../options/paths.ts";
import { checkSchema } from "../options/validate.ts";

type Answers = Readonly<Record<string, unknown>>;

interface QuestionChoice {
  name: string;
  value: string | number;
  short: string;
  checked?: boolean;
}

/** A question in the form that inquirer and Yeoman read. */
export interface Question {
  type: "input" | "select" | "checkbox" | "search";
  name: string;
  message: string;
  default?: unknown;
  choices?: (answers: Answers) => QuestionChoice[];
  source?: (term: string | undefined) => QuestionChoice[];
  when?: (answers: Answers) => boolean;
  validate?: (text: string, answers?: Answers) => true | string;
}

type Asked = OptionDeclaration & { prompt: Prompt };

const isAsked = (declaration: OptionDeclaration): declaration is Asked =>
  "message" in declaration.prompt;

/** Key of an answer: inquirer takes dots for nesting, so paths are written with slashes. */
const keyOf = (path: string): string => path.replaceAll(".", "/");
const pathOf = (key: string): string => key.replaceAll("/", ".");

/** Stands for "leave it to the default". */
const UNANSWERED = "";

/** The declarations that the wizard asks for, in its order, without those answered already. */
export function openQuestions(answered: Data): Asked[] {
  return declarations
    .filter(isAsked)
    .filter(({ path }) => getPath(answered, path) === undefined)
    .sort((a, b) => a.prompt.order - b.prompt.order);
}

/** The choices that fit the answers so far. */
function choicesOf(declaration: Asked, input: Data, today: string): Choice[] {
  switch (declaration.path) {
    case "region":
      return regions
        .filter((region) => usableZoneIds(region).length > 1)
        .map((region) => ({ value: region.name, label: `${region.name}  ${region.title}` }));
    case "kubernetes":
      return kubernetesVersions
        .filter((entry) => supportStatus(entry.version, today) === "standard")
        .map((entry) => ({
          value: entry.version,
          label: `${entry.version}  standard support until ${entry.endOfStandard}`,
        }));
    case "nodes.profile": {
      const size = getPath(input, "nodes.size");
      return (declaration.choices ?? []).filter(
        ({ value }) =>
          size === undefined ||
          sizesOf(value as Parameters<typeof sizesOf>[0]).includes(size as never),
      );
    }
    case "nodes.size": {
      const profile = getPath(input, "nodes.profile");
      const sizes = sizesOf((profile ?? "general") as Parameters<typeof sizesOf>[0]);
      return (declaration.choices ?? []).filter(({ value }) => sizes.includes(value as never));
    }
    case "addons": {
      const partition = findRegion(String(getPath(input, "region")))?.partition;
      return (declaration.choices ?? []).filter(({ value }) => {
        const { partitions } = findFeature(String(value));
        return (
          partition === undefined || partitions === undefined || partitions.includes(partition)
        );
      });
    }
    default:
      return [...(declaration.choices ?? [])];
  }
}

/** One question for a declaration. */
function questionOf(
  declaration: Asked,
  answered: Data,
  fallbackName: string,
  today: string,
): Question {
  const { path, prompt, kind } = declaration;
  const { when } = prompt;
  const base = {
    name: keyOf(path),
    message: prompt.message,
    ...(when === undefined
      ? {}
      : {
          when: (answers: Answers) => when((path) => getPath(withAnswers(answered, answers), path)),
        }),
  };
  const shown = (choice: Choice): QuestionChoice => ({
    name: choice.label,
    value: choice.value,
    short: String(choice.value),
  });
  const choices = (answers: Answers): Choice[] =>
    choicesOf(declaration, withAnswers(answered, answers), today);
  if (kind === "list" && declaration.choices !== undefined) {
    const chosen = (declaration.default ?? []) as unknown[];
    return {
      ...base,
      type: "checkbox",
      choices: (answers) =>
        choices(answers).map((choice) => ({
          ...shown(choice),
          checked: chosen.includes(choice.value),
        })),
    };
  }
  if (path === "region")
    return {
      ...base,
      type: "search",
      default: declaration.default,
      source: (term) => {
        const wanted = (term ?? "").toLowerCase();
        const found = choices({}).filter(({ label }) => label.toLowerCase().includes(wanted));
        const first = found.filter(({ value }) => value === declaration.default);
        return [...first, ...found.filter((choice) => !first.includes(choice))].map(shown);
      },
    };
  if (kind === "choice" || path === "kubernetes") {
    const open =
      prompt.unanswered === undefined
        ? []
        : [{ name: prompt.unanswered, value: UNANSWERED, short: "by environment" }];
    return {
      ...base,
      type: "select",
      default: open.length > 0 ? UNANSWERED : declaration.default,
      choices: (answers) => [...open, ...choices(answers).map(shown)],
    };
  }
  const fallback = path === "name" ? fallbackName : declaration.default;
  return {
    ...base,
    type: "input",
    ...(fallback === undefined
      ? {}
      : { default: path === "name" ? fallback : declaration.format(fallback) }),
    validate: (text, answers) =>
      problemWith(declaration, text, withAnswers(answered, answers ?? {}), today) ?? true,
  };
}

/** What is wrong with an answer as text, as one sentence, or nothing. */
function problemWith(
  declaration: OptionDeclaration,
  text: string,
  input: Data,
  today: string,
): string | undefined {
  const { path } = declaration;
  let value: unknown;
  try {
    value = declaration.parse(text);
  } catch {
    return `Give ${declaration.expects}.`;
  }
  if (checkSchema(declarations, setPath({}, path, value)).length > 0)
    return `Give ${declaration.expects}.`;
  const config = fillDefaults(declarations, setPath(input, path, value), "my-cluster");
  const problem = checkConfig(config, today).problems.find(
    (entry) => entry.path === path || entry.path.startsWith(`${path}.`),
  );
  return problem === undefined ? undefined : `${problem.message}; ${problem.mend}.`;
}

/** The questions still open, in the form of inquirer. */
export function questionsFor(answered: Data, fallbackName: string, today: string): Question[] {
  return openQuestions(answered).map((declaration) =>
    questionOf(declaration, answered, fallbackName, today),
  );
}

/** Puts the wizard's answers into the input. */
export function withAnswers(input: Data, answers: Answers): Data {
  let result = input;
  for (const [key, answer] of Object.entries(answers)) {
    const path = pathOf(key);
    const declaration = declarations.find((entry) => entry.path === path);
    if (declaration === undefined || answer === undefined || answer === UNANSWERED) continue;
    const value =
      typeof answer === "string" && declaration.kind !== "choice"
        ? declaration.parse(answer)
        : answer;
    result = setPath(result, path, value);
  }
  return result;
}
