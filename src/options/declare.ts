/** The shape of one declared question, and builders for its kinds. */

/** The part of JSON Schema (2020-12) that declarations use. */
export interface JsonSchema {
  type?: "string" | "integer" | "boolean" | "array" | "object";
  enum?: readonly (string | number)[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  minLength?: number;
  maxLength?: number;
  minProperties?: number;
  uniqueItems?: boolean;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  description?: string;
  default?: unknown;
}

export interface Choice {
  value: string | number;
  label: string;
}

export interface Prompt {
  /** The question as the wizard asks it. */
  message: string;
  /** Questions are asked in this order. */
  order: number;
  /** Asked only when this holds for the answers so far, which it reads by Config path. */
  when?: (answer: (path: string) => unknown) => boolean;
  /** A first choice that leaves the question open, where the default is computed. */
  unanswered?: string;
}

export interface OptionDeclaration {
  /** Path in the Config: `nodes.size`. */
  path: string;
  /** Long flag without dashes; absent: `--set` reaches it. */
  flag?: string;
  /** Placeholder of the value in the help; absent for toggles. */
  placeholder?: string;
  /** One line for help, docs and completion. */
  summary: string;
  kind: "text" | "choice" | "integer" | "toggle" | "list" | "names";
  schema: JsonSchema;
  /** What a valid value looks like, as the end of a sentence: "12 digits". */
  expects: string;
  /** The value when nobody answers; absent: optional or computed (see `defaultText`). */
  default?: unknown;
  /** How a computed or absent default reads in the docs. */
  defaultText?: string;
  choices?: readonly Choice[];
  /** Words offered for completion and for "did you mean" where the set is open. */
  suggestions?: readonly string[];
  /** The wizard's question, or the reason why it does not ask. */
  prompt: Prompt | { notAsked: string };
  /** May be overridden under `environments.<name>`. */
  perEnvironment?: boolean;
  /** Text (flag, variable, `--set`) to value. Throws `TypeError` with the expectation. */
  parse: (text: string) => unknown;
  /** Value to the text that `parse` reads. */
  format: (value: unknown) => string;
}

type Common = Pick<
  OptionDeclaration,
  "path" | "flag" | "summary" | "defaultText" | "prompt" | "perEnvironment"
>;

const trimmedItems = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** Both sides of the first separator, trimmed. */
export function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim(), undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Throws `TypeError` where a name comes twice: which of them was meant is not ours to guess. */
export function refuseTwins(names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new TypeError(`each name once; ${twin} is there twice`);
}

export function text(
  declaration: Common & {
    placeholder: string;
    pattern: string;
    expects: string;
    default?: string;
    suggestions?: readonly string[];
    maxLength?: number;
  },
): OptionDeclaration {
  const { pattern, maxLength, ...rest } = declaration;
  return {
    ...rest,
    kind: "text",
    schema: { type: "string", pattern, ...(maxLength === undefined ? {} : { maxLength }) },
    parse: (value) => value,
    format: String,
  };
}

export function choice(
  declaration: Common & { choices: readonly Choice[]; default: string | number },
): OptionDeclaration {
  const values = declaration.choices.map((entry) => entry.value);
  const numeric = values.every((value) => typeof value === "number");
  return {
    ...declaration,
    placeholder: declaration.path.split(".").at(-1)?.toLowerCase() ?? "value",
    kind: "choice",
    schema: { type: numeric ? "integer" : "string", enum: values },
    expects: `one of ${values.join(", ")}`,
    parse: (value) => (numeric && /^\d+$/.test(value) ? Number(value) : value),
    format: String,
  };
}

export function integer(
  declaration: Common & { minimum: number; maximum: number; default: number; unit?: string },
): OptionDeclaration {
  const { minimum, maximum, unit, ...rest } = declaration;
  const expects = `a whole number from ${minimum} to ${maximum}${unit ? ` (${unit})` : ""}`;
  return {
    ...rest,
    placeholder: "n",
    kind: "integer",
    schema: { type: "integer", minimum, maximum },
    expects,
    parse: (value) => {
      if (!/^-?\d{1,15}$/.test(value.trim())) throw new TypeError(expects);
      return Number(value);
    },
    format: String,
  };
}

export function toggle(declaration: Common & { default: boolean }): OptionDeclaration {
  return {
    ...declaration,
    kind: "toggle",
    schema: { type: "boolean" },
    expects: "true or false",
    parse: (value) => {
      const word = value.trim().toLowerCase();
      if (["true", "1", "yes"].includes(word)) return true;
      if (["false", "0", "no"].includes(word)) return false;
      throw new TypeError("true or false");
    },
    format: String,
  };
}

export function list(
  declaration: Common & {
    placeholder: string;
    items: JsonSchema;
    expects: string;
    default?: readonly string[];
    suggestions?: readonly string[];
    choices?: readonly Choice[];
    /** Least number of items; 0 by default. */
    minItems?: number;
    /** A word that stands for the empty list. */
    emptyWord?: string;
  },
): OptionDeclaration {
  const { items, minItems, emptyWord, ...rest } = declaration;
  return {
    ...rest,
    kind: "list",
    schema: { type: "array", items, uniqueItems: true, ...(minItems ? { minItems } : {}) },
    parse: (value) => (value.trim() === emptyWord ? [] : trimmedItems(value)),
    format: (value) => {
      const entries = value as readonly string[];
      return entries.length === 0 ? (emptyWord ?? "") : entries.join(",");
    },
  };
}

/** A map keyed by names, written as `a,b` or `a=x,b=y` on the command line. */
export function names(
  declaration: Common & {
    placeholder: string;
    name: JsonSchema;
    entry: JsonSchema;
    expects: string;
    default: Record<string, unknown>;
    /** Suffix `=word` to the entry it stands for. */
    fromSuffix: (suffix: string | undefined) => unknown;
    /** The suffix of an entry, or nothing where the plain name says it. */
    toSuffix: (entry: unknown) => string | undefined;
  },
): OptionDeclaration {
  const { name, entry, fromSuffix, toSuffix, ...rest } = declaration;
  return {
    ...rest,
    kind: "names",
    schema: {
      type: "object",
      minProperties: 1,
      propertyNames: name,
      additionalProperties: entry,
    },
    parse: (value) => {
      const items = trimmedItems(value).map((item) => splitOnce(item, "="));
      refuseTwins(items.map(([key]) => key));
      return Object.fromEntries(items.map(([key, suffix]) => [key, fromSuffix(suffix)]));
    },
    format: (value) =>
      Object.entries(value as Record<string, unknown>)
        .map(([key, item]) => {
          const suffix = toSuffix(item);
          return suffix === undefined ? key : `${key}=${suffix}`;
        })
        .join(","),
  };
}
