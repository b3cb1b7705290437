/**
 * Reads files that are written as nearly all are, in one pass over the text. It knows no error: whatever it does not
 * expect makes it give the file up, and the parser with the grammar reads it. A test holds both to the same tree.
 */
import { template, unescaped, withoutIndent } from "./strings.ts";
import type {
  Attribute,
  Block,
  Body,
  Expression,
  ForExpression,
  ObjectItem,
  ParsedFile,
  Position,
  TemplatePart,
} from "./syntax.ts";

/** Given up: not a mistake in the file, only something that is not read here. */
class Unexpected extends Error {}

/** The file as a tree; undefined where it holds anything that is not read here. */
export function readPlain(file: string, text: string): ParsedFile | undefined {
  if (/[\r\uFEFF\0]/.test(text)) return undefined;
  try {
    return { body: new PlainReader(file, text).file(), problems: [] };
  } catch (error) {
    if (error instanceof Unexpected || error instanceof RangeError) return undefined;
    throw error;
  }
}

const WORD = /[A-Za-z_][\w-]*/y;
const NUMBER = /[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])/y;
const HEREDOC = /<<(-?)([A-Za-z_]\w*)\n/y;
/** Up to what is no text in a quoted string. */
const QUOTED =
  /(?:[^"\\$%\n]|\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*/y;

/** How strongly an operator binds. */
const STRENGTH: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  ">=": 4,
  "<=": 4,
  ">": 4,
  "<": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};
const OPERATOR = /\|\||&&|[=!<>]=|[<>+\-*/%]/y;

const NEWLINE = 10;

class PlainReader {
  readonly #file: string;
  readonly #text: string;
  #at = 0;
  /** Line of the last place that was asked for, and where it begins: places are asked for from top to bottom. */
  #line = 1;
  #lineStart = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  file(): Body {
    const body = this.#body();
    if (this.#at < this.#text.length) this.#giveUp();
    return body;
  }

  #giveUp(): never {
    throw new Unexpected();
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #is(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += text.length;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#giveUp();
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #word(): string {
    return this.#match(WORD)?.[0] ?? this.#giveUp();
  }

  /** Blanks and comments; line ends too where these mean nothing. */
  #skip(lines: boolean): void {
    for (;;) {
      const code = this.#code();
      if (code === 32 || code === 9 || (lines && code === NEWLINE)) this.#at += 1;
      else if (code === 35 || (code === 47 && this.#text.charCodeAt(this.#at + 1) === 47)) {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end === -1 ? this.#text.length : end;
      } else if (code === 47 && this.#text.charCodeAt(this.#at + 1) === 42) {
        const end = this.#text.indexOf("*/", this.#at);
        if (end === -1) this.#giveUp();
        this.#at = end + 2;
      } else return;
    }
  }

  #position(index: number): Position {
    for (;;) {
      const end = this.#text.indexOf("\n", this.#lineStart);
      if (end === -1 || end >= index) break;
      this.#line += 1;
      this.#lineStart = end + 1;
    }
    return { line: this.#line, column: index - this.#lineStart + 1 };
  }

  /** Attributes and blocks, up to a bracket that closes or the end. */
  #body(): Body {
    const body: Body = { attributes: new Map(), blocks: [] };
    for (;;) {
      this.#skip(true);
      if (this.#at >= this.#text.length || this.#is("}")) return body;
      const start = this.#at;
      const at = this.#position(start);
      const name = this.#word();
      this.#skip(false);
      if (this.#is("=") && !this.#is("==")) {
        this.#at += 1;
        if (body.attributes.has(name)) this.#giveUp();
        body.attributes.set(name, this.#attribute(name, at));
      } else body.blocks.push(this.#block(name, at));
      this.#skip(false);
      // Whatever follows stands on a line of its own.
      if (this.#at < this.#text.length && this.#code() !== NEWLINE && !this.#is("}"))
        this.#giveUp();
    }
  }

  #attribute(name: string, at: Position): Attribute {
    this.#skip(false);
    return { name, value: this.#expression(false), file: this.#file, at };
  }

  #block(type: string, at: Position): Block {
    const labels: string[] = [];
    while (!this.#take("{")) {
      if (this.#take('"')) {
        const [text = ""] = this.#match(QUOTED) ?? [];
        this.#need('"');
        labels.push(unescaped(text));
      } else labels.push(this.#word());
      this.#skip(false);
    }
    const body = this.#body();
    this.#need("}");
    return { type, labels, body, file: this.#file, at };
  }

  /** `lines`: a line end within it is a blank. */
  #expression(lines: boolean): Expression {
    const condition = this.#operation(1, lines);
    const before = this.#at;
    this.#skip(lines);
    if (!this.#take("?")) {
      this.#at = before;
      return condition;
    }
    this.#skip(lines);
    const yes = this.#expression(lines);
    this.#skip(lines);
    this.#need(":");
    this.#skip(lines);
    const no = this.#expression(lines);
    return { kind: "conditional", condition, yes, no };
  }

  /** Operators of at least this strength; those of one strength from left to right. */
  #operation(least: number, lines: boolean): Expression {
    let left = this.#unary(lines);
    for (;;) {
      const before = this.#at;
      this.#skip(lines);
      const operator = this.#match(OPERATOR)?.[0] ?? "";
      const strength = STRENGTH[operator] ?? 0;
      if (strength < least || strength === 0) {
        this.#at = before;
        return left;
      }
      this.#skip(lines);
      left = { kind: "binary", operator, left, right: this.#operation(strength + 1, lines) };
    }
  }

  #unary(lines: boolean): Expression {
    if (this.#is("!") || this.#is("-")) {
      const operator = this.#text.charAt(this.#at);
      this.#at += 1;
      this.#skip(lines);
      return { kind: "unary", operator, operand: this.#unary(lines) };
    }
    return this.#steps(this.#term(lines));
  }

  #term(lines: boolean): Expression {
    const code = this.#code();
    if (code === 34) return this.#quoted();
    if (code === 91) return this.#tuple();
    if (code === 123) return this.#object();
    if (code === 40) {
      this.#at += 1;
      this.#skip(true);
      const inner = this.#expression(true);
      this.#skip(true);
      this.#need(")");
      return inner.kind === "conditional" ? { ...inner, bracketed: true } : inner;
    }
    if (code >= 48 && code <= 57) {
      const [text = ""] = this.#match(NUMBER) ?? this.#giveUp();
      return { kind: "literal", value: Number(text) };
    }
    if (code === 60) return this.#heredoc(lines);
    const name = this.#word();
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    if (name === "null") return { kind: "literal", value: null };
    if (this.#is("(")) return this.#call(name);
    if (this.#is("::")) this.#giveUp();
    return { kind: "name", name };
  }

  /** `.name`, `[index]`, `[*]` after a term. */
  #steps(term: Expression): Expression {
    let made = term;
    let splat: Extract<Expression, { kind: "splat" }> | undefined;
    const add = (key: Expression): void => {
      if (splat === undefined) made = { kind: "get", of: made, key };
      else splat.steps.push(key);
    };
    for (;;) {
      if (this.#is("[*]") || this.#is(".*")) {
        if (splat !== undefined) this.#giveUp();
        this.#at += this.#is(".*") ? 2 : 3;
        splat = { kind: "splat", of: made, steps: [] };
        made = splat;
      } else if (this.#is(".") && !this.#is("...")) {
        this.#at += 1;
        add({ kind: "literal", value: this.#word() });
      } else if (this.#is("[")) {
        this.#at += 1;
        this.#skip(true);
        add(this.#expression(true));
        this.#skip(true);
        this.#need("]");
      } else return made;
    }
  }

  #call(name: string): Expression {
    this.#need("(");
    const args: Expression[] = [];
    let expand = false;
    this.#skip(true);
    while (!this.#take(")")) {
      if (expand) this.#giveUp();
      args.push(this.#expression(true));
      this.#skip(true);
      expand = this.#take("...");
      this.#skip(true);
      if (!this.#take(",") && !this.#is(")")) this.#giveUp();
      this.#skip(true);
    }
    return { kind: "call", name, args, expand };
  }

  /** Whether `for` stands here as the word that begins a loop. */
  #isFor(): boolean {
    return this.#is("for") && /[\s]/.test(this.#text.charAt(this.#at + 3));
  }

  #tuple(): Expression {
    this.#need("[");
    this.#skip(true);
    if (this.#isFor()) return this.#for("]");
    const items: Expression[] = [];
    while (!this.#take("]")) {
      items.push(this.#expression(true));
      this.#skip(true);
      if (!this.#take(",") && !this.#is("]")) this.#giveUp();
      this.#skip(true);
    }
    return { kind: "tuple", items };
  }

  #object(): Expression {
    this.#need("{");
    this.#skip(true);
    if (this.#isFor()) return this.#for("}");
    const items: ObjectItem[] = [];
    while (!this.#take("}")) {
      const start = this.#at;
      const at = this.#position(start);
      const computed = this.#is("(");
      const key = this.#operation(1, false);
      this.#skip(false);
      if (!this.#take("=") && !this.#take(":")) this.#giveUp();
      if (this.#is("=") || this.#is(">")) this.#giveUp();
      this.#skip(false);
      const value = this.#expression(false);
      items.push({
        key: key.kind === "name" && !computed ? { kind: "literal", value: key.name } : key,
        value,
        at,
      });
      this.#skip(false);
      if (!this.#take(",") && this.#code() !== NEWLINE && !this.#is("}")) this.#giveUp();
      this.#skip(true);
    }
    return { kind: "object", items };
  }

  #for(end: "]" | "}"): Expression {
    this.#need("for");
    this.#skip(true);
    const made: ForExpression = {
      kind: "for",
      value: this.#word(),
      in: { kind: "error", text: "" },
      result: { kind: "error", text: "" },
      grouped: false,
    };
    this.#skip(true);
    if (this.#take(",")) {
      this.#skip(true);
      made.key = made.value;
      made.value = this.#word();
      this.#skip(true);
    }
    if (this.#word() !== "in") this.#giveUp();
    this.#skip(true);
    made.in = this.#expression(true);
    this.#skip(true);
    this.#need(":");
    this.#skip(true);
    const first = this.#expression(true);
    this.#skip(true);
    if (end === "}") {
      this.#need("=>");
      this.#skip(true);
      made.resultKey = first;
      made.result = this.#expression(true);
      this.#skip(true);
      made.grouped = this.#take("...");
      this.#skip(true);
    } else made.result = first;
    if (this.#is("if") && /[\s(!]/.test(this.#text.charAt(this.#at + 2))) {
      this.#at += 2;
      this.#skip(true);
      made.condition = this.#expression(true);
      this.#skip(true);
    }
    this.#need(end);
    return made;
  }

  #quoted(): Expression {
    this.#need('"');
    const parts: TemplatePart[] = [];
    for (;;) {
      const [text = ""] = this.#match(QUOTED) ?? [];
      if (text !== "") parts.push(unescaped(text));
      if (this.#take('"')) return template(parts);
      parts.push(this.#interpolation());
    }
  }

  #interpolation(): TemplatePart {
    this.#need("${");
    if (this.#is("~")) this.#giveUp();
    this.#skip(false);
    const expression = this.#expression(false);
    this.#skip(false);
    this.#need("}");
    return { kind: "value", expression };
  }

  #heredoc(lines: boolean): Expression {
    // Within brackets a line end after it means something else to each reader.
    if (lines) this.#giveUp();
    const [, indented = "", name = ""] = this.#match(HEREDOC) ?? this.#giveUp();
    const close = new RegExp(`^[ \\t]*${name}$`, "gm");
    close.lastIndex = this.#at;
    const found = close.exec(this.#text) ?? this.#giveUp();
    const end = close.lastIndex - name.length;
    if (found.index >= this.#text.length) this.#giveUp();
    const parts: TemplatePart[] = [];
    while (this.#at < end) {
      const next = this.#text.slice(this.#at, end).search(/[$%]\{/);
      const stop = next === -1 ? end : this.#at + next;
      const literal = this.#text.slice(this.#at, stop);
      // `$${` is text, and a directive is not read here.
      if (/[$%]$/.test(literal) || this.#text.charAt(stop) === "%") this.#giveUp();
      if (literal !== "") parts.push(literal);
      this.#at = stop;
      if (next !== -1) parts.push(this.#interpolation());
    }
    this.#at = close.lastIndex;
    return template(indented === "-" ? withoutIndent(parts) : parts);
  }
}
