/** Reads the TOML of Bottlerocket's user data: tables, and keys with plain values. */

interface TomlEntry {
  /** Tables and dotted keys in one: `settings`, `kernel`, `lockdown`. */
  path: string[];
  value: TomlValue;
  /** Counts from 1. */
  line: number;
}

type TomlValue = string | number | boolean | TomlValue[];

/** Every key with its value, in order; or the first line that is not understood. */
export function readToml(text: string): { entries: TomlEntry[] } | { unread: number } {
  const reader = new Reader(text);
  try {
    return { entries: reader.entries() };
  } catch {
    return { unread: reader.line };
  }
}

const BARE = /[A-Za-z0-9_-]+/y;
const SCALAR = /[^\s,\]}#]+/y;
const BLANK = /[ \t]*/y;
/** Also over line ends and comments: between tables, and inside of arrays. */
const GAP = /(?:[ \t\r\n]|#[^\n]*)*/y;
const STRING = /"(?!"")(?:[^"\\\n]|\\.)*"|'(?!'')[^'\n]*'/y;
const LONG = /"""(?:[^\\]|\\[\s\S])*?"{3,5}|'''[\s\S]*?'{3,5}/y;

class Reader {
  readonly #text: string;
  readonly #found: TomlEntry[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get line(): number {
    return this.#text.slice(0, this.#at).split("\n").length;
  }

  entries(): TomlEntry[] {
    let table: string[] = [];
    for (this.#take(GAP); this.#at < this.#text.length; this.#take(GAP)) {
      if (this.#skip("[")) {
        // An array of tables differs from a table in nothing that a Control asks for.
        const isArray = this.#skip("[");
        table = this.#key();
        this.#need(isArray ? "]]" : "]");
      } else this.#assignment(table);
      this.#take(BLANK);
      if (!/^(\r?\n|#|$)/.test(this.#text.slice(this.#at))) throw new Error("more on the line");
    }
    return this.#found;
  }

  #assignment(table: readonly string[]): void {
    const { line } = this;
    const path = [...table, ...this.#key()];
    this.#need("=");
    this.#take(BLANK);
    if (this.#skip("{")) {
      for (this.#take(GAP); !this.#skip("}"); this.#take(GAP)) {
        this.#assignment(path);
        this.#take(GAP);
        this.#skip(",");
      }
    } else this.#found.push({ path, value: this.#value(), line });
  }

  #key(): string[] {
    const parts: string[] = [];
    do {
      this.#take(BLANK);
      const quoted = this.#take(STRING);
      parts.push(quoted === "" ? this.#some(BARE) : unquote(quoted));
      this.#take(BLANK);
    } while (this.#skip("."));
    return parts;
  }

  #value(): TomlValue {
    const long = this.#take(LONG);
    if (long !== "") return unquote(long.slice(2, -2));
    const quoted = this.#take(STRING);
    if (quoted !== "") return unquote(quoted);
    if (this.#skip("[")) {
      const items: TomlValue[] = [];
      for (this.#take(GAP); !this.#skip("]"); this.#take(GAP)) {
        items.push(this.#value());
        this.#take(GAP);
        this.#skip(",");
      }
      return items;
    }
    const word = this.#some(SCALAR);
    if (word === "true" || word === "false") return word === "true";
    const number = Number(word.replaceAll("_", ""));
    return Number.isNaN(number) ? word : number;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #some(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === "") throw new Error("nothing there");
    return found;
  }

  #skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #need(text: string): void {
    this.#take(BLANK);
    if (!this.#skip(text)) throw new Error(`no ${text}`);
  }
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

const unquote = (text: string): string => {
  const inner = text.slice(1, -1);
  if (text.startsWith("'")) return inner;
  return inner.replaceAll(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (_, u, U, char) =>
    char === undefined
      ? String.fromCodePoint(Number.parseInt(u ?? U, 16))
      : (ESCAPES[char] ?? char),
  );
};
