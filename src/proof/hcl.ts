/**
 * The outline of an HCL file: its blocks, their labels and the source text of their arguments.
 * It is read to find out what must be validated; terraform itself judges the contents. So it never
 * fails: what it cannot read it passes over, and terraform will say what is wrong there.
 */

/** An argument, with its expression as written. */
export interface HclArgument {
  name: string;
  text: string;
  line: number;
}

export interface HclBlock {
  type: string;
  labels: string[];
  line: number;
  arguments: Map<string, HclArgument>;
  blocks: HclBlock[];
}

/** The body of a whole file. */
export type HclBody = Pick<HclBlock, "arguments" | "blocks">;

const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const OPEN = "([{";
const CLOSE = ")]}";

/** Outlines an HCL file in native syntax. */
export function outline(source: string): HclBody {
  return new Reader(source).body();
}

class Reader {
  readonly #source: string;
  #at = 0;
  /** Line of `#lineAt`, kept so that lines are counted once. */
  #line = 1;
  #lineAt = 0;

  constructor(source: string) {
    this.#source = source;
    if (source.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  body(): HclBody {
    const body: HclBody = { arguments: new Map(), blocks: [] };
    while (this.#at < this.#source.length) {
      this.#space(true);
      const char = this.#source[this.#at];
      if (char === undefined) break;
      if (char === "}") {
        this.#at += 1;
        break;
      }
      const line = this.#lineNow();
      const name = this.#identifier() ?? (char === '"' ? this.#quoted() : undefined);
      if (name === undefined) {
        this.#skip(char);
        continue;
      }
      this.#space(false);
      if (this.#source[this.#at] === "=" && this.#source[this.#at + 1] !== "=") {
        this.#at += 1;
        this.#space(false);
        body.arguments.set(name, { name, text: this.#expression(), line });
        continue;
      }
      const labels: string[] = [];
      for (;;) {
        this.#space(false);
        const label = this.#source[this.#at] === '"' ? this.#quoted() : this.#identifier();
        if (label === undefined) break;
        labels.push(label);
      }
      if (this.#source[this.#at] !== "{") continue;
      this.#at += 1;
      body.blocks.push({ type: name, labels, line, ...this.body() });
    }
    return body;
  }

  #lineNow(): number {
    for (;;) {
      const next = this.#source.indexOf("\n", this.#lineAt);
      if (next === -1 || next >= this.#at) return this.#line;
      this.#line += 1;
      this.#lineAt = next + 1;
    }
  }

  #identifier(): string | undefined {
    IDENTIFIER.lastIndex = this.#at;
    const found = IDENTIFIER.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Passes over blanks and comments, and line ends where asked. */
  #space(lines: boolean): void {
    for (;;) {
      const char = this.#source[this.#at];
      if (char === " " || char === "\t" || char === "\r" || (lines && char === "\n")) this.#at += 1;
      else if (char === "#" || (char === "/" && this.#source[this.#at + 1] === "/"))
        this.#to("\n", 0);
      else if (char === "/" && this.#source[this.#at + 1] === "*") this.#to("*/", 2);
      else return;
    }
  }

  /** Goes to the next `text`, or the end. */
  #to(text: string, past: number): void {
    const next = this.#source.indexOf(text, this.#at);
    this.#at = next === -1 ? this.#source.length : next + past;
  }

  /** A quoted string at the cursor, without its quotes. */
  #quoted(): string {
    const start = this.#at;
    this.#string();
    return this.#source.slice(start + 1, this.#at - 1);
  }

  /** Passes over a quoted string, with what is interpolated in it. */
  #string(): void {
    this.#at += 1;
    for (; this.#at < this.#source.length; ) {
      const char = this.#source[this.#at];
      const next = this.#source[this.#at + 1];
      if (char === "\n") return;
      if (char === "\\") this.#at += 2;
      else if ((char === "$" || char === "%") && next === char) this.#at += 2;
      else if ((char === "$" || char === "%") && next === "{") {
        this.#at += 1;
        this.#bracket();
      } else {
        this.#at += 1;
        if (char === '"') return;
      }
    }
  }

  /** Passes over a bracket and all within it. */
  #bracket(): void {
    let depth = 0;
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at] as string;
      if (OPEN.includes(char)) depth += 1;
      else if (CLOSE.includes(char)) depth -= 1;
      this.#skip(char);
      if (depth === 0) return;
    }
  }

  /** Passes over one character, string, comment or heredoc. */
  #skip(char: string): void {
    if (char === '"') this.#string();
    else if (char === "<" && this.#heredoc()) return;
    else {
      const before = this.#at;
      this.#space(true);
      if (this.#at === before) this.#at += 1;
    }
  }

  #heredoc(): boolean {
    const found = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;
    found.lastIndex = this.#at;
    const marker = found.exec(this.#source);
    if (marker === null) return false;
    const end = new RegExp(`^[ \\t]*${marker[1]}[ \\t]*\\r?$`, "gmu");
    end.lastIndex = found.lastIndex;
    const close = end.exec(this.#source);
    this.#at = close === null ? this.#source.length : close.index + close[0].length;
    return true;
  }

  /** The text of an expression: up to the end of the line, outside of all brackets. */
  #expression(): string {
    const start = this.#at;
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at] as string;
      if (char === "\n" || char === "}") break;
      if (char === "#" || (char === "/" && this.#source[this.#at + 1] === "/")) break;
      if (OPEN.includes(char)) this.#bracket();
      else if (char === '"' || char === "<" || char === "/") this.#skip(char);
      else this.#at += 1;
    }
    return this.#source.slice(start, this.#at).trim();
  }
}

/** Outlines a file in JSON syntax; `undefined` where it is no JSON object. */
export function outlineJson(source: string): HclBody | undefined {
  let data: unknown;
  try {
    data = JSON.parse(source);
  } catch {
    return undefined;
  }
  return isRecord(data) ? jsonBody(data, 0) : undefined;
}

/** How many labels the blocks of a kind have; all others have none. */
const LABELS: Record<string, number> = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  provider: 1,
  variable: 1,
  output: 1,
  module: 1,
  check: 1,
  backend: 1,
};
const NO_LABEL_BLOCKS = new Set(["terraform", "locals", "import", "moved", "removed", "cloud"]);

function jsonBody(data: Record<string, unknown>, depth: number): HclBody {
  const body: HclBody = { arguments: new Map(), blocks: [] };
  for (const [name, value] of Object.entries(data)) {
    const labels = LABELS[name];
    const isBlock =
      depth === 0
        ? labels !== undefined || NO_LABEL_BLOCKS.has(name)
        : name === "backend" || name === "required_providers" || name === "cloud";
    if (isBlock) addJsonBlocks(body, name, [], labels ?? 0, value, depth);
    else body.arguments.set(name, { name, text: JSON.stringify(value), line: 1 });
  }
  return body;
}

function addJsonBlocks(
  body: HclBody,
  type: string,
  labels: string[],
  missing: number,
  value: unknown,
  depth: number,
): void {
  if (Array.isArray(value))
    for (const each of value) addJsonBlocks(body, type, labels, missing, each, depth);
  else if (!isRecord(value)) return;
  else if (missing > 0)
    for (const [label, inner] of Object.entries(value))
      addJsonBlocks(body, type, [...labels, label], missing - 1, inner, depth);
  else body.blocks.push({ type, labels, line: 1, ...jsonBody(value, depth + 1) });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
