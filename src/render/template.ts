/**
 * Runs a template that build/templates.mjs has parsed with Handlebars into plain data.
 * Four blocks and the value helpers are all a template may use, so that this is small; and one function that is warm after
 * the first file starts several times faster than a compiled function for every block of every template.
 */
import { helpers } from "./helpers.ts";

/** `[0, "a", "b"]` is `a.b`, `[1, "a"]` is `../a`, `["root", "a"]` is `@root.a`. */
export type Path = readonly [number | string, ...string[]];
export type Argument = string | number | Path;
export type ValueHelper = keyof typeof helpers;
export type Block = "each" | "if" | "unless" | "with";
/** Text, a value (`["=", helper, ...arguments]`), or a block (`[block, argument, then, otherwise]`). */
export type Node =
  | string
  | readonly ["=", ValueHelper, ...Argument[]]
  | readonly [Block, Argument, Program, Program?];
export type Program = readonly Node[];

interface Scope {
  /** The context and those around it, nearest first. */
  contexts: readonly unknown[];
  /** What `@name` reads. */
  data: Readonly<Record<string, unknown>>;
}

function read(argument: Argument, { contexts, data }: Scope): unknown {
  if (typeof argument !== "object") return argument;
  const from = argument[0];
  let value = typeof from === "number" ? contexts[from] : data[from];
  for (let index = 1; index < argument.length; index += 1) {
    const key = argument[index] as string;
    if (value === undefined || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** An empty list counts as absent, as Handlebars has it. */
const isPresent = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : Boolean(value);

const within = (context: unknown, { contexts, data }: Scope): Scope => ({
  contexts: context === contexts[0] ? contexts : [context, ...contexts],
  data,
});

function each(value: unknown, program: Program, scope: Scope): string {
  const entries = Object.entries(value as object);
  return entries
    .map(([key, item], index) =>
      run(program, {
        contexts: within(item, scope).contexts,
        data: { ...scope.data, key, index, first: index === 0, last: index === entries.length - 1 },
      }),
    )
    .join("");
}

function run(program: Program, scope: Scope): string {
  let text = "";
  for (const node of program) {
    if (typeof node === "string") {
      text += node;
      continue;
    }
    if (node[0] === "=") {
      const [, name, ...args] = node;
      const values = args.map((argument) => read(argument, scope));
      text += (helpers[name] as (...values: unknown[]) => string)(...values);
      continue;
    }
    const [block, argument, then, otherwise = []] = node;
    const value = read(argument, scope);
    if (isPresent(value) === (block === "unless")) text += run(otherwise, scope);
    else if (block === "each")
      text += isEmpty(value) ? run(otherwise, scope) : each(value, then, scope);
    else text += run(then, block === "with" ? within(value, scope) : scope);
  }
  return text;
}

const isEmpty = (value: unknown): boolean => Object.keys(value as object).length === 0;

/** The text of a template for a context. Throws `RenderError` where a helper cannot write its value. */
export const runTemplate = (program: Program, context: object): string =>
  run(program, { contexts: [context], data: { root: context } });
