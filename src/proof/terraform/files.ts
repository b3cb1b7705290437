/** Texts to syntax trees: each by the reader that is quick, and by the parser that knows every error where that gives up. */
import { parseJson } from "./json.ts";
import { readPlain } from "./plain.ts";
import type { Body, ParsedFile } from "./syntax.ts";

/** What an editor or terraform itself leaves beside the files is not read. */
const isTerraform = (path: string): boolean =>
  /\.(tf|tofu|tfvars)(\.json)?$/.test(path) &&
  !/(^|\/)(\.|#)[^/]*$|~$/.test(path) &&
  !path.startsWith("scripts/");

/** Reads every Terraform file among `paths`, in their order. */
export async function parseFiles(
  paths: readonly string[],
  read: (path: string) => string | undefined,
): Promise<Map<string, ParsedFile>> {
  const parsed = new Map<string, ParsedFile | undefined>();
  const left: { path: string; text: string }[] = [];
  // Environments and modules have many a file in common: a text is read once, and stands in several places.
  const known = new Map<string, ParsedFile>();
  for (const path of paths) {
    const text = isTerraform(path) ? read(path) : undefined;
    if (text === undefined) continue;
    const same = known.get(text);
    const found = path.endsWith(".json")
      ? undefined
      : same === undefined
        ? readPlain(path, text)
        : elsewhere(same, path);
    parsed.set(path, found);
    if (found === undefined) left.push({ path, text });
    else known.set(text, found);
  }
  if (left.length > 0) {
    const { terraformParser } = await import("./parse.ts");
    const parse = await terraformParser();
    for (const { path, text } of left)
      parsed.set(
        path,
        path.endsWith(".tfvars.json")
          ? valuesInJson(path, text, parse)
          : path.endsWith(".json")
            ? parseJson(path, text, parse)
            : parse(path, text),
      );
  }
  return parsed as Map<string, ParsedFile>;
}

/** A tfvars file in JSON is one object of values. */
function valuesInJson(
  path: string,
  text: string,
  parse: (file: string, text: string) => ParsedFile,
): ParsedFile {
  const wrapped = parseJson(path, `{"locals":${text}}`, parse);
  const [block] = wrapped.body.blocks;
  return { body: block?.body ?? wrapped.body, problems: wrapped.problems };
}

/** The same text in another file; expressions say nothing about where they stand, and are shared. */
const elsewhere = ({ body, problems }: ParsedFile, file: string): ParsedFile => ({
  body: bodyIn(body, file),
  problems: problems.map((problem) => ({ ...problem, file })),
});

const bodyIn = ({ attributes, blocks }: Body, file: string): Body => ({
  attributes: new Map([...attributes].map(([name, attribute]) => [name, { ...attribute, file }])),
  blocks: blocks.map((block) => ({ ...block, body: bodyIn(block.body, file), file })),
});
