/** Files of a directory as one module: override files merged, tfvars read. */
import type { ModuleSource } from "./module.ts";
import type { Attribute, Block, Body, ParsedFile, SyntaxProblem } from "./syntax.ts";

const isOverride = (file: string): boolean => /(^|[/_])override\.(tf|tofu)(\.json)?$/.test(file);

/** Merges the parsed files of one directory, in the order terraform merges them. */
export function mergeFiles(
  path: string,
  files: readonly { file: string; parsed: ParsedFile }[],
): { source: ModuleSource; problems: SyntaxProblem[] } {
  const problems: SyntaxProblem[] = [];
  const variables = new Map<string, Block>();
  const locals = new Map<string, Attribute>();
  const outputs = new Map<string, Block>();
  const resources = new Map<string, Block>();
  const data = new Map<string, Block>();
  const calls = new Map<string, Block>();
  const providers = new Map<string, Block>();
  const settings: Block[] = [];
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  const ordered = [
    ...sorted.filter(({ file }) => !isOverride(file)),
    ...sorted.filter(({ file }) => isOverride(file)),
  ];
  for (const { file, parsed } of ordered) {
    problems.push(...parsed.problems);
    const override = isOverride(file);
    const add = (into: Map<string, Block>, key: string, block: Block): void => {
      const known = into.get(key);
      if (known !== undefined && !override)
        problems.push({
          file: block.file,
          at: block.at,
          message: `${block.type} ${key} stands also at ${known.file}:${known.at.line}`,
        });
      into.set(key, known !== undefined && override ? merged(known, block) : block);
    };
    for (const block of parsed.body.blocks) {
      const [first = "", second = ""] = block.labels;
      switch (block.type) {
        case "variable":
          add(variables, first, block);
          break;
        case "output":
          add(outputs, first, block);
          break;
        case "resource":
          add(resources, `${first}.${second}`, block);
          break;
        case "data":
          add(data, `${first}.${second}`, block);
          break;
        case "module":
          add(calls, first, block);
          break;
        case "provider": {
          const alias = block.body.attributes.get("alias")?.value;
          add(providers, `${first}.${alias?.kind === "literal" ? alias.value : ""}`, block);
          break;
        }
        case "terraform":
          settings.push(block);
          break;
        case "locals":
          for (const [name, attribute] of block.body.attributes) locals.set(name, attribute);
          break;
      }
    }
  }
  return {
    source: {
      path,
      variables,
      locals,
      outputs,
      resources,
      data,
      calls,
      providers: [...providers.values()],
      settings,
    },
    problems,
  };
}

/** An override replaces arguments one by one, and nested blocks by their type. */
function merged(base: Block, override: Block): Block {
  const replaced = new Set(override.body.blocks.map(typeOf));
  const body: Body = {
    attributes: new Map([...base.body.attributes, ...override.body.attributes]),
    blocks: [
      ...base.body.blocks.filter((block) => !replaced.has(typeOf(block))),
      ...override.body.blocks,
    ],
  };
  return { ...base, body };
}

const typeOf = (block: Block): string =>
  block.type === "dynamic" ? (block.labels[0] ?? "") : block.type;
