/** Shell scripts as commands: enough to see what they run, not how. */
import { perText } from "./once.ts";

/** One command, without what stands before and after it in the line. */
export interface Command {
  text: string;
  /** Line of the script that it begins in, from 0. */
  line: number;
}

/** A line of a script: comments gone, continuations joined. Documents that only `cat` reads are left out. */
export const linesOf: (script: string) => readonly Command[] = perText((script) => {
  const found: Command[] = [];
  const lines = script.split("\n");
  let open: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const begin = at;
    if (open !== undefined) {
      if ((lines[at] ?? "").trim() === open) open = undefined;
      continue;
    }
    let text = withoutComment(lines[at] ?? "");
    while (text.endsWith("\\") && at + 1 < lines.length) {
      at += 1;
      text = `${text.slice(0, -1).trimEnd()} ${withoutComment(lines[at] ?? "").trim()}`;
    }
    text = text.trim();
    if (text === "") continue;
    found.push({ text, line: begin });
    // What a shell reads as a document it runs; what cat reads is only text.
    if (/\bcat\b[^|]*<<|\bcat\b[^|]*>[^|]*<</.test(text))
      open = /<<-?\s*['"\\]?(\w+)/.exec(text)?.[1];
  }
  return found;
});

function withoutComment(line: string): string {
  if (!line.includes("#")) return line;
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"') at += 1;
    } else if (char === "\\") at += 1;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "#" && (at === 0 || /\s/.test(line[at - 1] ?? ""))) return line.slice(0, at);
  }
  return line;
}

/** Each command of a script, also those in pipes, lists and substitutions. */
export const commandsOf: (script: string) => readonly Command[] = perText((script) =>
  linesOf(script).flatMap(({ text, line }) =>
    split(text)
      .map((part) => bare(part))
      .filter((part) => part !== "" && !/^(do|then|else|\{)$/.test(part))
      .map((part) => ({ text: part, line })),
  ),
);

/** Splits a line where a new command begins. */
function split(line: string): string[] {
  const parts: string[] = [];
  const outer: string[] = [];
  let quote = "";
  let part = "";
  const next = (): void => {
    parts.push(part);
    part = "";
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? "";
    if (quote === "'") {
      if (char === "'") quote = "";
      part += char;
    } else if (char === "\\") {
      part += char + (line[at + 1] ?? "");
      at += 1;
    } else if (char === "$" && line[at + 1] === "(") {
      outer.push(quote);
      quote = "";
      at += 1;
      next();
    } else if (char === ")" && quote === "" && outer.length > 0) {
      quote = outer.pop() ?? "";
      next();
    } else if (char === '"') {
      quote = quote === '"' ? "" : '"';
      part += char;
    } else if (char === "'" && quote === "") {
      quote = "'";
      part += char;
    } else if (char === "`" || (quote === "" && /[;|()]/.test(char))) next();
    else if (quote === "" && char === "&" && line[at - 1] !== ">" && line[at + 1] !== ">") next();
    else part += char;
  }
  next();
  return parts;
}

/** Words that a command may follow. */
const BEFORE =
  /^(?:(?:if|then|do|else|elif|while|until|time|exec|command|nohup|sudo|env|!|\{)\s+|[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+)/;

function bare(part: string): string {
  let text = part.trim();
  for (let found = BEFORE.exec(text); found !== null; found = BEFORE.exec(text))
    text = text.slice(found[0].length);
  return text.replace(/\s*\}$/, "").trim();
}

/** Words of a command without their quotes. */
export const wordsOf = (command: string): string[] =>
  command
    .replaceAll(/["']/g, "")
    .split(/\s+/)
    .filter((word) => word !== "");

/** Whether a command only says something. */
export const onlySays = (command: string): boolean =>
  /^(echo|printf|info|die|misuse|:|grep|confirm)(\s|$)/.test(command);
