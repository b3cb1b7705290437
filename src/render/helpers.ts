/**
 * Value helpers of the templates: each turns a value into text of one language, escaped for its place.
 * build/templates.mjs lets no value into a template without one of them.
 */

import { escapeMarkdown, type Markdown } from "../controls/markdown.ts";
import { YAML_WORD } from "./yaml.ts";

/** Thrown when a value cannot be written in the language of its place. */
export class RenderError extends Error {
  override name = "RenderError";
}

const HCL_IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The inside of a quoted HCL string. */
function hclText(value: unknown): string {
  return JSON.stringify(scalar(value, "hclText"))
    .slice(1, -1)
    .replace(/\u2028|\u2029/g, (c) => (c === "\u2028" ? "\\u2028" : "\\u2029"))
    .replace(/\$\{/g, "$$$${")
    .replace(/%\{/g, "%%{");
}

/** A literal on one line. */
function hcl(value: unknown): string {
  if (typeof value === "string") return `"${hclText(value)}"`;
  if (typeof value === "boolean" || Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(hcl).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return "{}";
    return `{ ${entries.map(([key, item]) => `${hclKey(key)} = ${hcl(item)}`).join(", ")} }`;
  }
  throw new RenderError(`hcl: no literal for ${String(value)}`);
}

const hclKey = (key: string): string => (HCL_IDENTIFIER.test(key) ? key : `"${hclText(key)}"`);

/** A map over several lines, aligned as `terraform fmt` does; `indent` is the column of its closing brace. */
function hclMap(value: unknown, indent: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RenderError(`hclMap: not a map: ${String(value)}`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return "{}";
  const column = typeof indent === "number" ? indent : 0;
  const keys = entries.map(([key]) => hclKey(key));
  const width = Math.max(...keys.map((key) => key.length));
  const pad = " ".repeat(column + 2);
  const lines = entries.map(
    ([, item], index) => `${pad}${(keys[index] as string).padEnd(width)} = ${hcl(item)}`,
  );
  return `{\n${lines.join("\n")}\n${" ".repeat(column)}}`;
}

/** Fields of an object type that are all of one type, aligned; `indent` is the column of its closing brace. */
function hclFields(names: unknown, type: unknown, indent: unknown): string {
  const list = names as string[];
  const width = Math.max(...list.map((name) => hclKey(name).length));
  const pad = " ".repeat((indent as number) + 2);
  const lines = list.map((name) => `${pad}${hclKey(name).padEnd(width)} = ${raw(type)}`);
  return `{\n${lines.join("\n")}\n${" ".repeat(indent as number)}}`;
}

/** Plain scalars that no YAML version reads as anything but this string. */
const YAML_PLAIN = /^[A-Za-z/][A-Za-z0-9 _./@+-]*$/;

function yaml(value: unknown): string {
  if (typeof value === "boolean" || Number.isFinite(value)) return String(value);
  const text = scalar(value, "yaml");
  if (YAML_PLAIN.test(text) && !YAML_WORD.test(text) && !text.endsWith(" ")) return text;
  return JSON.stringify(text);
}

/** Text within a Markdown paragraph. */
const md = (value: unknown): string =>
  escapeMarkdown(String(typeof value === "number" ? value : scalar(value, "md")));

/** Markdown as the program wrote it. An answer is a string, and so never taken for it. */
function prose(value: unknown): string {
  const text = (value as Partial<Markdown> | undefined)?.markdown;
  if (typeof text !== "string") throw new RenderError("prose: this is no Markdown of the program");
  return text;
}

/** A table as prettier aligns it, from `{ header, rows }`. */
function mdTable(value: unknown): string {
  const { header, rows } = value as { header: unknown[]; rows: unknown[][] };
  const cells = [header, ...rows].map((row) => row.map((cell) => md(cell)));
  const widths = header.map((_, column) =>
    Math.max(3, ...cells.map((row) => [...(row[column] ?? "")].length)),
  );
  const line = (row: string[]): string =>
    `| ${row.map((cell, column) => cell + " ".repeat((widths[column] as number) - [...cell].length)).join(" | ")} |`;
  const [head, ...body] = cells as [string[], ...string[][]];
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** A word that needs no escaping anywhere; anything else is an error. */
function raw(value: unknown): string {
  const text = String(typeof value === "number" ? value : scalar(value, "raw"));
  if (!/^[A-Za-z0-9._/@:+-]+$/.test(text))
    throw new RenderError(`raw: ${JSON.stringify(text)} is not a plain word`);
  return text;
}

/** One word of a POSIX shell. */
function sh(value: unknown): string {
  return `'${scalar(value, "sh").replaceAll("'", "'\\''")}'`;
}

function number(value: unknown): string {
  if (!Number.isFinite(value)) throw new RenderError(`number: ${String(value)} is none`);
  return String(value);
}

function json(value: unknown): string {
  if (value === undefined) throw new RenderError("json: nothing to write");
  return JSON.stringify(value);
}

function scalar(value: unknown, helper: string): string {
  if (typeof value !== "string")
    throw new RenderError(
      `${helper}: expected text, got ${value === undefined ? "nothing" : typeof value}`,
    );
  return value;
}

export const helpers = {
  hcl,
  hclText,
  hclMap,
  hclFields,
  yaml,
  json,
  md,
  mdTable,
  prose,
  raw,
  sh,
  number,
};
