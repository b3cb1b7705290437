/** Terraform's JSON syntax as the same tree. A string in it is a template, which the HCL parser reads. */
import type { Body, Expression, ParsedFile, Position } from "./syntax.ts";

type Parse = (file: string, text: string) => ParsedFile;

/** How many labels the blocks of the top level have. */
const LABELS: Record<string, number> = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  module: 1,
  variable: 1,
  output: 1,
  provider: 1,
  locals: 0,
  terraform: 0,
  moved: 0,
  removed: 0,
  import: 0,
  check: 1,
};

const START: Position = { line: 1, column: 1 };

/** Reads a `.tf.json` file. Places are the file's start: JSON.parse keeps none. */
export function parseJson(file: string, text: string, parse: Parse): ParsedFile {
  const body: Body = { attributes: new Map(), blocks: [] };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { body, problems: [{ file, at: START, message: (error as Error).message }] };
  }
  if (!isRecord(data))
    return { body, problems: [{ file, at: START, message: "This is no JSON object" }] };
  const expression = (value: unknown): Expression => toExpression(value, parse);
  for (const [type, value] of Object.entries(data)) {
    const labels = LABELS[type];
    if (labels !== undefined) add(body, file, type, [], labels, value, expression);
  }
  return { body, problems: [] };
}

function add(
  body: Body,
  file: string,
  type: string,
  labels: string[],
  missing: number,
  value: unknown,
  expression: (value: unknown) => Expression,
): void {
  if (Array.isArray(value))
    for (const each of value) add(body, file, type, labels, missing, each, expression);
  else if (!isRecord(value)) return;
  else if (missing > 0)
    for (const [label, inner] of Object.entries(value))
      add(body, file, type, [...labels, label], missing - 1, inner, expression);
  else {
    const inner: Body = { attributes: new Map(), blocks: [] };
    for (const [name, each] of Object.entries(value)) {
      // Without a schema a nested block looks like a value; it is read as one, and asked for as either.
      if (name === "//") continue;
      inner.attributes.set(name, { name, value: expression(each), file, at: START });
    }
    body.blocks.push({ type, labels, body: inner, file, at: START });
  }
}

function toExpression(value: unknown, parse: Parse): Expression {
  if (Array.isArray(value))
    return { kind: "tuple", items: value.map((each) => toExpression(each, parse)) };
  if (isRecord(value))
    return {
      kind: "object",
      items: Object.entries(value).map(([key, each]) => ({
        key: { kind: "literal", value: key },
        value: toExpression(each, parse),
        at: START,
      })),
    };
  if (typeof value !== "string") return { kind: "literal", value: value as null };
  if (!/[$%]\{/.test(value)) return { kind: "literal", value };
  const { body } = parse("", `value = ${JSON.stringify(value)}\n`);
  const parsed = body.attributes.get("value")?.value;
  // A string that is nothing but one interpolation is the value itself.
  if (parsed?.kind === "template" && parsed.parts.length === 1) {
    const [only] = parsed.parts;
    if (typeof only === "object" && only.kind === "value") return only.expression;
  }
  return parsed ?? { kind: "error", text: value };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
