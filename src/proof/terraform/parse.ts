/** Text to syntax tree, by tree-sitter with its Terraform grammar: positions everywhere, and it goes on after an error. */
import { Language, Parser, type TreeCursor } from "web-tree-sitter";
import { append, template, unescaped, withoutIndent } from "./strings.ts";
import type {
  Attribute,
  Block,
  Body,
  Expression,
  ForExpression,
  ObjectItem,
  ParsedFile,
  Position,
  SyntaxProblem,
  TemplatePart,
} from "./syntax.ts";
import { grammar, runtime } from "./wasm.ts";

/** Makes the parser; its machine code is loaded once per process. */
export async function terraformParser(): Promise<(file: string, text: string) => ParsedFile> {
  await Parser.init({ wasmBinary: runtime() });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar()));
  return (file, text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error(`${file} could not be parsed`);
    try {
      return new Reader(file, text, tree.walk()).file();
    } finally {
      tree.delete();
    }
  };
}

/** At most so many problems a file: a binary file would give one for each byte. */
const MAX_PROBLEMS = 20;

/** Nodes that take part in an expression and stand beside one another in the tree. */
interface Node {
  type: string;
  /** Made while the cursor stood on it. */
  made?: Expression;
}

class Reader {
  readonly #file: string;
  readonly #text: string;
  readonly #cursor: TreeCursor;
  readonly #problems: SyntaxProblem[] = [];
  /** Where each line begins. */
  readonly #lines: number[] = [0];
  readonly #hasError: boolean;

  constructor(file: string, text: string, cursor: TreeCursor) {
    this.#file = file;
    this.#text = text;
    this.#cursor = cursor;
    this.#hasError = cursor.currentNode.hasError;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1))
      this.#lines.push(at + 1);
  }

  file(): ParsedFile {
    const body: Body = { attributes: new Map(), blocks: [] };
    this.#children((type) => {
      if (type === "body") this.#body(body);
    });
    // A bracket that is missing hides in a node that nothing here looks into.
    if (this.#problems.length === 0 && this.#hasError) this.#findMissing();
    return { body, problems: this.#problems };
  }

  #findMissing(): boolean {
    const cursor = this.#cursor;
    if (cursor.nodeIsMissing || cursor.nodeType === "ERROR") {
      this.#problem(`${cursor.nodeType} is missing`);
      return true;
    }
    if (!cursor.gotoFirstChild()) return false;
    let found = false;
    do found = this.#findMissing();
    while (!found && cursor.gotoNextSibling());
    cursor.gotoParent();
    return found;
  }

  #slice(): string {
    return this.#text.slice(this.#cursor.startIndex, this.#cursor.endIndex);
  }

  /** From the index: asking the cursor for rows costs more than all else that is asked. */
  #at(): Position {
    const index = this.#cursor.startIndex;
    let [low, high] = [0, this.#lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: index - (this.#lines[low] as number) + 1 };
  }

  #problem(message: string): void {
    if (this.#problems.length < MAX_PROBLEMS)
      this.#problems.push({ file: this.#file, at: this.#at(), message });
  }

  /** Visits each child of the node at the cursor; errors among them are noted. */
  #children(visit: (type: string) => void): void {
    const cursor = this.#cursor;
    if (!cursor.gotoFirstChild()) return;
    do {
      const type = cursor.nodeType;
      if (type === "ERROR") {
        const text = this.#slice().trim().split("\n")[0]?.slice(0, 40) ?? "";
        this.#problem(`This is no valid HCL: ${text}`);
      } else if (this.#hasError && cursor.nodeIsMissing) this.#problem(`${type} is missing`);
      else visit(type);
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }

  #body(body: Body): void {
    this.#children((type) => {
      if (type === "attribute") {
        const attribute = this.#attribute();
        if (body.attributes.has(attribute.name))
          this.#problem(`${attribute.name} is set twice in one block`);
        body.attributes.set(attribute.name, attribute);
      } else if (type === "block") body.blocks.push(this.#block());
    });
  }

  #attribute(): Attribute {
    const at = this.#at();
    const plain = this.#hasError ? undefined : PLAIN_ATTRIBUTE.exec(this.#slice());
    if (plain !== null && plain !== undefined) {
      const [, name = "", text = ""] = plain;
      const value = plainExpression(text);
      if (value !== undefined) return { name, value, file: this.#file, at };
    }
    let name = "";
    let value: Expression = { kind: "error", text: "" };
    this.#children((type) => {
      if (type === "identifier") name = this.#slice();
      else if (type === "expression") value = this.#expression();
    });
    return { name, value, file: this.#file, at };
  }

  #block(): Block {
    const block: Block = {
      type: "",
      labels: [],
      body: { attributes: new Map(), blocks: [] },
      file: this.#file,
      at: this.#at(),
    };
    this.#children((type) => {
      if (type === "identifier") {
        if (block.type === "") block.type = this.#slice();
        else block.labels.push(this.#slice());
      } else if (type === "string_lit") block.labels.push(this.#stringLiteral());
      else if (type === "body") this.#body(block.body);
    });
    return block;
  }

  #stringLiteral(): string {
    return unescaped(this.#slice().slice(1, -1));
  }

  /** The expression at the cursor. */
  #expression(): Expression {
    const { startIndex, endIndex } = this.#cursor;
    if (endIndex - startIndex < LONG) {
      const plain = plainExpression(this.#text.slice(startIndex, endIndex));
      if (plain !== undefined) return plain;
    }
    const nodes: Node[] = [];
    this.#children((type) => nodes.push(this.#node(type)));
    return build(nodes);
  }

  #node(type: string): Node {
    switch (type) {
      case "expression":
        return { type, made: this.#expression() };
      case "literal_value":
        return { type, made: this.#literal() };
      case "variable_expr":
        return { type, made: { kind: "name", name: this.#slice() } };
      case "template_expr":
        return { type, made: this.#templateExpression() };
      case "collection_value":
        return { type, made: this.#collection() };
      case "function_call":
        return { type, made: this.#call() };
      case "for_expr":
        return { type, made: this.#for() };
      case "operation":
        return { type, made: this.#operation() };
      case "conditional":
        return { type, made: this.#expression() };
      case "get_attr":
        return { type: "step", made: { kind: "literal", value: this.#slice().slice(1).trim() } };
      case "index":
        return { type: "step", made: this.#index() };
      case "splat":
        return { type: "splat", made: { kind: "tuple", items: this.#splat() } };
      default:
        return { type };
    }
  }

  #literal(): Expression {
    let made: Expression = { kind: "literal", value: null };
    this.#children((type) => {
      const text = this.#slice();
      if (type === "numeric_lit") made = { kind: "literal", value: Number(text) };
      else if (type === "bool_lit") made = { kind: "literal", value: text === "true" };
      else if (type === "string_lit") made = { kind: "literal", value: this.#stringLiteral() };
    });
    return made;
  }

  #index(): Expression {
    let made: Expression = { kind: "error", text: this.#slice() };
    this.#children((type) => {
      if (type === "legacy_index")
        made = { kind: "literal", value: Number(this.#slice().slice(1)) };
      else if (type === "new_index")
        this.#children((inner) => {
          if (inner === "expression") made = this.#expression();
        });
    });
    return made;
  }

  #splat(): Expression[] {
    const steps: Expression[] = [];
    this.#children(() =>
      this.#children((type) => {
        const { made } = this.#node(type);
        if (made !== undefined) steps.push(made);
      }),
    );
    return steps;
  }

  #collection(): Expression {
    let made: Expression = { kind: "error", text: "" };
    this.#children((type) => {
      if (type === "tuple") {
        const items: Expression[] = [];
        this.#children((inner) => {
          if (inner === "expression") items.push(this.#expression());
        });
        made = { kind: "tuple", items };
      } else if (type === "object") {
        const items: ObjectItem[] = [];
        this.#children((inner) => {
          if (inner === "object_elem") items.push(this.#objectItem());
        });
        made = { kind: "object", items };
      }
    });
    return made;
  }

  #objectItem(): ObjectItem {
    const at = this.#at();
    const found: Expression[] = [];
    let computed = false;
    this.#children((type) => {
      if (type !== "expression") return;
      if (found.length === 0) computed = this.#slice().startsWith("(");
      found.push(this.#expression());
    });
    const [key = { kind: "error", text: "" }, value = { kind: "error", text: "" }] = found;
    // A bare word is a key, not a reference; in brackets it is one.
    return {
      key: key.kind === "name" && !computed ? { kind: "literal", value: key.name } : key,
      value,
      at,
    };
  }

  #call(): Expression {
    let name = "";
    let expand = false;
    const args: Expression[] = [];
    this.#children((type) => {
      if (type === "identifier") name = this.#slice();
      else if (type === "function_arguments")
        this.#children((inner) => {
          if (inner === "expression") args.push(this.#expression());
          else if (inner === "ellipsis") expand = true;
        });
    });
    return { kind: "call", name, args, expand };
  }

  #for(): Expression {
    const made: ForExpression = {
      kind: "for",
      value: "",
      in: { kind: "error", text: "" },
      result: { kind: "error", text: "" },
      grouped: false,
    };
    let isObject = false;
    const results: Expression[] = [];
    this.#children((kind) => {
      isObject = kind === "for_object_expr";
      this.#children((type) => {
        if (type === "for_intro") this.#forIntro(made);
        else if (type === "expression") results.push(this.#expression());
        else if (type === "ellipsis") made.grouped = true;
        else if (type === "for_cond")
          this.#children((inner) => {
            if (inner === "expression") made.condition = this.#expression();
          });
      });
    });
    const [first, second] = results;
    if (isObject && first !== undefined) made.resultKey = first;
    const result = isObject ? second : first;
    if (result !== undefined) made.result = result;
    return made;
  }

  /** `for k, v in x`, of an expression or of a template. */
  #forIntro(made: { key?: string; value: string; in: Expression }): void {
    const names: string[] = [];
    this.#children((type) => {
      if (type === "identifier") names.push(this.#slice());
      else if (type === "expression") made.in = this.#expression();
    });
    const [first = "", second] = names;
    if (second === undefined) made.value = first;
    else {
      made.key = first;
      made.value = second;
    }
  }

  #operation(): Expression {
    const nodes: Node[] = [];
    this.#children(() => this.#children((type) => nodes.push(this.#node(type))));
    return build(nodes);
  }

  #templateExpression(): Expression {
    let made: Expression = { kind: "error", text: "" };
    this.#children((type) => {
      if (type === "quoted_template") made = template(this.#parts(unescaped));
      else if (type === "heredoc_template") {
        const indented = this.#slice().startsWith("<<-");
        // The line end after the opening marker belongs to it.
        const parts = this.#parts((text) => text.replaceAll(/([$%])\1\{/g, "$1{"));
        if (typeof parts[0] === "string") parts[0] = parts[0].replace(/^\r?\n/, "");
        made = template(indented ? withoutIndent(parts) : parts);
      }
    });
    return made;
  }

  #parts(literal: (text: string) => string): TemplatePart[] {
    const parts: TemplatePart[] = [];
    const gaps = this.#gaps(literal);
    let open = false;
    this.#children((type) => {
      const marks = type === "quoted_template_start" || (type === "heredoc_identifier" && !open);
      if (marks) {
        open = true;
        gaps.reset();
      } else if (open) {
        gaps.fill(parts);
        if (!type.startsWith("heredoc_")) this.#part(type, literal, parts);
        gaps.reset();
      }
    });
    return parts;
  }

  /** The grammar drops blanks beside an interpolation; in a template they are text. */
  #gaps(literal: (text: string) => string): { reset(): void; fill(parts: TemplatePart[]): void } {
    let from = 0;
    return {
      reset: () => {
        from = this.#cursor.endIndex;
      },
      fill: (parts) => {
        const text = this.#text.slice(from, this.#cursor.startIndex);
        if (text !== "") append(parts, literal(text));
      },
    };
  }

  #part(type: string, literal: (text: string) => string, parts: TemplatePart[]): void {
    if (type === "template_literal") append(parts, literal(this.#slice()));
    else if (type === "template_interpolation")
      this.#children((inner) => {
        if (inner === "expression") parts.push({ kind: "value", expression: this.#expression() });
      });
    else if (type === "template_directive")
      this.#children((inner) => {
        if (inner === "template_if") parts.push(this.#templateIf(literal));
        else if (inner === "template_for") parts.push(this.#templateFor(literal));
      });
  }

  #templateIf(literal: (text: string) => string): TemplatePart {
    let condition: Expression = { kind: "error", text: "" };
    const yes: TemplatePart[] = [];
    const no: TemplatePart[] = [];
    let into = yes;
    const gaps = this.#gaps(literal);
    this.#children((type) => {
      if (type !== "template_if_intro") gaps.fill(into);
      if (type === "template_if_intro")
        this.#children((inner) => {
          if (inner === "expression") condition = this.#expression();
        });
      else if (type === "template_else_intro") into = no;
      else this.#part(type, literal, into);
      gaps.reset();
    });
    return { kind: "if", condition, yes, no };
  }

  #templateFor(literal: (text: string) => string): TemplatePart {
    const body: TemplatePart[] = [];
    const made = { value: "", in: { kind: "error", text: "" } as Expression };
    const gaps = this.#gaps(literal);
    this.#children((type) => {
      if (type === "template_for_start") this.#forIntro(made);
      else {
        gaps.fill(body);
        this.#part(type, literal, body);
      }
      gaps.reset();
    });
    return { kind: "each", ...made, body };
  }
}

/** Longer than what is written without any structure. */
const LONG = 120;

/** `name = value` on one line; what the value is, its text says or does not. */
const PLAIN_ATTRIBUTE = new RegExp(
  String.raw`^([A-Za-z_][\w-]*)[ \t]*=[ \t]*(\S.{0,${LONG - 1}})$`,
);

const PATH = String.raw`[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*`;
const STRING = String.raw`"(?:[^"\\$%\n]|\$\{${PATH}\})*"`;
const PLAIN_STRING = new RegExp(`^${STRING}$`);
const PLAIN_PATH = new RegExp(`^${PATH}$`);
const PLAIN_LIST = new RegExp(`^\\[(?:(?:${STRING}|${PATH})(?:, (?!\\])|(?=\\])))*\\]$`);
const PLAIN_ITEM = new RegExp(`${STRING}|${PATH}`, "g");
const INTERPOLATION = new RegExp(String.raw`\$\{(${PATH})\}`);

/**
 * Most expressions are a word, a number, a path of names, or strings and lists of them. Read from their text they cost
 * a tenth of a walk through the five nodes that each of them is.
 */
function plainExpression(text: string): Expression | undefined {
  if (PLAIN_STRING.test(text)) return plainString(text.slice(1, -1));
  if (/^[0-9]+$/.test(text)) return { kind: "literal", value: Number(text) };
  if (text === "true" || text === "false") return { kind: "literal", value: text === "true" };
  if (text === "null") return { kind: "literal", value: null };
  if (PLAIN_PATH.test(text)) return plainPath(text);
  if (!PLAIN_LIST.test(text)) return undefined;
  const items = text.match(PLAIN_ITEM) ?? [];
  return { kind: "tuple", items: items.map((item) => plainExpression(item) as Expression) };
}

function plainString(text: string): Expression {
  if (!text.includes("$")) return { kind: "literal", value: text };
  // Every second part is a path.
  const parts = text
    .split(INTERPOLATION)
    .map(
      (part, index): TemplatePart =>
        index % 2 === 1 ? { kind: "value", expression: plainPath(part) } : part,
    )
    .filter((part) => part !== "");
  return { kind: "template", parts };
}

function plainPath(text: string): Expression {
  const [head = "", ...steps] = text.split(".");
  return steps.reduce<Expression>(
    (of, step) => ({ kind: "get", of, key: { kind: "literal", value: step } }),
    { kind: "name", name: head },
  );
}

const OPERATORS = new Set(["*", "/", "%", "+", "-", ">", ">=", "<", "<=", "==", "!=", "&&", "||"]);

/** Puts together what stands in a row: a term with its steps, an operation, a condition. */
function build(nodes: readonly Node[]): Expression {
  const question = nodes.findIndex(({ type }) => type === "?");
  if (question !== -1) {
    const colon = nodes.findIndex(({ type }, index) => index > question && type === ":");
    return chain(
      build(nodes.slice(0, question)),
      build(nodes.slice(question + 1, colon)),
      build(nodes.slice(colon + 1)),
    );
  }
  const operator = nodes.findIndex(({ type }, index) => index > 0 && OPERATORS.has(type));
  if (operator !== -1)
    return {
      kind: "binary",
      operator: nodes[operator]?.type as string,
      left: build(nodes.slice(0, operator)),
      right: build(nodes.slice(operator + 1)),
    };
  const [first, ...rest] = nodes;
  if (first !== undefined && (first.type === "!" || first.type === "-"))
    return { kind: "unary", operator: first.type, operand: build(rest) };
  let made: Expression = { kind: "error", text: "" };
  for (const node of nodes) {
    if (node.type === ")") made = bracketed(made);
    if (node.made === undefined) continue;
    if (node.type === "step") made = { kind: "get", of: made, key: node.made };
    else if (node.type === "splat")
      made = { kind: "splat", of: made, steps: (node.made as { items: Expression[] }).items };
    else made = node.made;
  }
  return made;
}

const bracketed = (made: Expression): Expression =>
  made.kind === "conditional" ? { ...made, bracketed: true } : made;

/** Of `a ? b : c ? d : e` the grammar makes `(a ? b : c) ? d : e`; terraform reads `a ? b : (c ? d : e)`. */
function chain(condition: Expression, yes: Expression, no: Expression): Expression {
  return condition.kind === "conditional" && condition.bracketed !== true
    ? { ...condition, no: chain(condition.no, yes, no) }
    : { kind: "conditional", condition, yes, no };
}
