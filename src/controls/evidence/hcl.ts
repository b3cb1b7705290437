/** Terraform files as text: for what holds in every file, also in modules that nothing calls and in tests. */
import { once } from "./once.ts";
import type { TextFile } from "./subject.ts";
import type { Place } from "./value.ts";

/** Terraform files; tests are among them, because they run modules too. */
export const terraformFiles = once((subject): (TextFile & { blocks: HclBlock[] })[] =>
  subject.paths
    .filter((path) => /\.(tf|tofu|tftest\.hcl|tofutest\.hcl)(\.json)?$/.test(path))
    .flatMap((path) => subject.file(path) ?? [])
    .map((file) => ({ ...file, blocks: file.path.endsWith(".json") ? [] : blocksIn(file) })),
);

export interface HclBlock {
  /** `resource`, `data`, `provider` … */
  type: string;
  labels: string[];
  place: Place;
  /** Lines between its braces, with those of nested blocks, without comments. */
  lines(): { text: string; place: Place }[];
}

const HEAD = /^\s*([a-z_]+)((?:\s+(?:"[^"]*"|[\w-]+))*)\s*\{/;

/** Every block of a file, nested ones too. A block begins on a line of its own: the language asks for it. */
export function blocksIn({ path, text }: TextFile): HclBlock[] {
  const found: HclBlock[] = [];
  const lines = text.split("\n");
  const code: (string | undefined)[] = [];
  const open: { depth: number; end: number }[] = [];
  let depth = 0;
  let ends: string | undefined;
  let comment = false;
  // Every line of every file comes through here: what a line does not hold is not looked for in it.
  for (const [index, raw] of lines.entries()) {
    if (ends !== undefined) {
      if (raw.trim() === ends) ends = undefined;
      continue;
    }
    let line = raw;
    if (comment) {
      if (!line.includes("*/")) continue;
      line = line.slice(line.indexOf("*/") + 2);
      comment = false;
    }
    if (line.includes("/*")) line = line.replaceAll(/\/\*.*?\*\//g, "");
    if ((line.includes("#") || line.includes("//")) && /^\s*(#|\/\/)/.test(line)) continue;
    code[index] = line;
    if (line.includes("/*")) comment = withoutStrings(line).includes("/*");
    if (line.includes("<<")) ends = /<<[-~]?\s*(\w+)\s*$/.exec(withoutStrings(line))?.[1];
    if (line.includes("{")) {
      const [head, type = "", labels = ""] = HEAD.exec(line) ?? [];
      if (head !== undefined) {
        const span = { depth, end: lines.length };
        open.push(span);
        found.push({
          type,
          labels: (labels.match(/"[^"]*"|[\w-]+/g) ?? []).map((label) => label.replaceAll('"', "")),
          place: { file: path, line: index + 1 },
          lines: () =>
            [line.slice(head.length), ...code.slice(index + 1, span.end)].flatMap(
              (inner, offset) =>
                inner === undefined
                  ? []
                  : [{ text: inner, place: { file: path, line: index + 1 + offset } }],
            ),
        });
      }
    }
    if (!line.includes("{") && !line.includes("}")) continue;
    for (const [brace] of withoutStrings(line).matchAll(/[{}]/g)) {
      depth += brace === "{" ? 1 : -1;
      const last = open.at(-1);
      if (brace === "}" && last?.depth === depth) {
        last.end = index + 1;
        open.pop();
      }
    }
  }
  return found;
}

/** A line without what stands in its strings, and without a comment at its end. */
const withoutStrings = (line: string): string =>
  line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\s(#|\/\/).*$/, "");
