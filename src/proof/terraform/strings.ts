/** Strings of Terraform's language: what stands between quotes, in heredocs and around interpolations. */
import type { Expression, TemplatePart } from "./syntax.ts";

/** Text after text is one part. */
export function append(parts: TemplatePart[], text: string): void {
  const last = parts.at(-1);
  if (typeof last === "string") parts[parts.length - 1] = last + text;
  else parts.push(text);
}

/** A template without anything to fill in is a string. */
export function template(parts: TemplatePart[]): Expression {
  if (parts.every((part) => typeof part === "string"))
    return { kind: "literal", value: parts.join("") };
  return { kind: "template", parts };
}

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** A quoted string as it reads: escapes, and `$${` for `${`. */
export function unescaped(text: string): string {
  if (!/[\\$%]/.test(text)) return text;
  return text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|([$%])\4\{/gs,
    (all, four?: string, eight?: string, one?: string, doubled?: string) => {
      if (doubled !== undefined) return `${doubled}{`;
      const code = four ?? eight;
      if (code !== undefined) return String.fromCodePoint(Math.min(0x10ffff, parseInt(code, 16)));
      return ESCAPES[one ?? ""] ?? all;
    },
  );
}

/** `<<-`: the smallest indent of all lines goes. */
export function withoutIndent(parts: TemplatePart[]): TemplatePart[] {
  let least = Number.POSITIVE_INFINITY;
  let lineStart = true;
  for (const part of parts) {
    if (typeof part !== "string") {
      if (lineStart) least = 0;
      lineStart = false;
      continue;
    }
    const lines = part.split("\n");
    lines.forEach((line, index) => {
      if ((index > 0 || lineStart) && (line.trim() !== "" || index === lines.length - 1)) {
        const isLast = index === lines.length - 1 && part === parts.at(-1);
        if (!(isLast && line.trim() === ""))
          least = Math.min(least, line.length - line.trimStart().length);
      }
    });
    lineStart = part.endsWith("\n");
  }
  if (!Number.isFinite(least) || least === 0) return parts;
  const indent = new RegExp(`^[ \\t]{1,${least}}`, "gm");
  lineStart = true;
  return parts.map((part) => {
    if (typeof part !== "string") {
      lineStart = false;
      return part;
    }
    const next = part.indexOf("\n");
    const from = lineStart ? 0 : next === -1 ? part.length : next;
    const cut = part.slice(0, from) + part.slice(from).replaceAll(indent, "");
    lineStart = part.endsWith("\n");
    return cut;
  });
}
