/**
 * Compiles templates/ into one module: `*.hbs`, parsed by Handlebars, to the data that src/render/template.ts runs,
 * everything else to its text.
 * It also holds the rules of the house that a compiler can hold: no value without an escaping helper,
 * no condition beyond presence.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import Handlebars from "handlebars";

/** Helpers that turn a value into text of one language; src/render/helpers.ts implements them. */
export const VALUE_HELPERS = [
  "hcl",
  "hclText",
  "hclMap",
  "hclFields",
  "yaml",
  "json",
  "md",
  "mdTable",
  "prose",
  "raw",
  "sh",
  "number",
];
const BLOCKS = ["each", "if", "unless", "with"];

async function* walk(directory) {
  for (const entry of (await readdir(directory, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

/** Throws when a parsed template says more than a template may. */
function checkTemplate(name, template) {
  const problems = [];
  const at = (node) => `${name}:${node.loc.start.line}`;
  const visit = (program) => {
    for (const node of program?.body ?? []) {
      if (node.type === "MustacheStatement") {
        if (!VALUE_HELPERS.includes(node.path.original))
          problems.push(
            `${at(node)}: {{${node.path.original}}} needs an escaping helper (${VALUE_HELPERS.join(", ")})`,
          );
        else if (node.hash) problems.push(`${at(node)}: key=value is not used here`);
        else if (node.params.length === 0)
          problems.push(`${at(node)}: {{${node.path.original}}} has no value`);
        if (!node.escaped) problems.push(`${at(node)}: {{{ }}} is not used here`);
      } else if (node.type === "BlockStatement") {
        if (!BLOCKS.includes(node.path.original))
          problems.push(
            `${at(node)}: {{#${node.path.original}}} is a decision; take it in src/blueprint`,
          );
        if (node.params.some((p) => p.type === "SubExpression"))
          problems.push(`${at(node)}: a computed condition; take it in src/blueprint`);
        if (node.params.length !== 1 || node.hash || node.program.blockParams)
          problems.push(`${at(node)}: a block takes one value and nothing else here`);
        visit(node.program);
        visit(node.inverse);
      } else if (!["ContentStatement", "CommentStatement"].includes(node.type)) {
        problems.push(`${at(node)}: ${node.type} is not used here`);
      }
    }
  };
  visit(template);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

function argumentOf(node) {
  if (node.type === "StringLiteral" || node.type === "NumberLiteral") return node.value;
  if (node.type !== "PathExpression")
    throw new Error(`line ${node.loc.start.line}: ${node.type} is not used here`);
  return node.data ? node.parts : [node.depth, ...node.parts];
}

const programOf = (program) =>
  program.body.flatMap((node) => {
    if (node.type === "CommentStatement") return [];
    if (node.type === "ContentStatement") return node.value === "" ? [] : [node.value];
    if (node.type === "MustacheStatement")
      return [["=", node.path.original, ...node.params.map(argumentOf)]];
    const otherwise = node.inverse ? [programOf(node.inverse)] : [];
    const then = node.program ? programOf(node.program) : [];
    return [[node.path.original, ...node.params.map(argumentOf), then, ...otherwise]];
  });

/** A template as data, see src/render/template.ts. Throws when it says more than a template may. */
export function parseTemplate(name, source) {
  const template = Handlebars.parse(source);
  checkTemplate(name, template);
  return programOf(template);
}

/** Renders the module text for every template below `root`, and for the texts that the build made itself. */
export async function compileTemplates(root, made) {
  const templates = Object.fromEntries(
    Object.entries(made).map(([name, body]) => [name, { executable: false, body }]),
  );
  const problems = [];
  for await (const path of walk(root)) {
    const name = relative(root, path).split(sep).join("/");
    const executable = ((await stat(path)).mode & 0o100) !== 0;
    const source = await readFile(path, "utf8");
    if (source.includes("\r")) problems.push(`${name}: has carriage returns`);
    const key = name.replace(/\.hbs$/, "");
    if (templates[key] !== undefined)
      problems.push(`${name}: ${key} is there twice, with and without .hbs`);
    try {
      const body = name.endsWith(".hbs") ? parseTemplate(name, source) : source;
      templates[key] = { executable, body };
    } catch (error) {
      problems.push(error.message.includes(name) ? error.message : `${name}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new Error(`templates:\n${problems.join("\n")}`);
  // One JSON text: the engine reads it several times as fast as the same data as a program.
  const text = JSON.stringify(templates);
  return `// Generated by build/templates.mjs; do not edit.
let parsed;
export const templates = () => (parsed ??= JSON.parse(${JSON.stringify(text)}));
export const templatesDigest = "sha256:${createHash("sha256").update(text).digest("hex")}";
`;
}

/** Writes the compiled templates where src/render imports them. */
export async function writeTemplates(root, target, made) {
  const text = await compileTemplates(root, made);
  const before = await readFile(target, "utf8").catch(() => "");
  if (before !== text) await writeFile(target, text);
}
