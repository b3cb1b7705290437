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
  /** Lines between its braces, with those of nested blocks. */
  lines: { text: string; place: Place }[];
}

const HEAD = /^\s*([a-z_]+)((?:\s+(?:"[^"]*"|[\w-]+))*)\s*\{/;

/** Every block of a file, nested ones too. A block begins on a line of its own: the language asks for it. */
export function blocksIn({ path, text }: TextFile): HclBlock[] {
  const found: HclBlock[] = [];
  const open: { block?: HclBlock; depth: number }[] = [];
  let depth = 0;
  let ends: string | undefined;
  let comment = false;
  text.split("\n").forEach((raw, index) => {
    const place = { file: path, line: index + 1 };
    if (ends !== undefined) {
      if (raw.trim() === ends) ends = undefined;
      return;
    }
    let line = raw;
    if (comment) {
      if (!line.includes("*/")) return;
      line = line.slice(line.indexOf("*/") + 2);
      comment = false;
    }
    line = line.replaceAll(/\/\*.*?\*\//g, "").replace(/^(\s*)(#|\/\/).*$/, "$1");
    const code = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\s(#|\/\/).*$/, "");
    if (code.includes("/*")) comment = true;
    for (const { block } of open) block?.lines.push({ text: line, place });
    const head = HEAD.exec(line);
    if (head !== null) {
      const block: HclBlock = {
        type: head[1] ?? "",
        labels: (head[2]?.match(/"[^"]*"|[\w-]+/g) ?? []).map((label) => label.replaceAll('"', "")),
        place,
        lines: [{ text: line.slice(head[0].length), place }],
      };
      found.push(block);
      open.push({ block, depth });
    }
    for (const char of code) {
      if (char === "{") depth += 1;
      else if (char === "}") {
        depth -= 1;
        if (open.at(-1)?.depth === depth) open.pop();
      }
    }
    ends = /<<[-~]?\s*(\w+)\s*$/.exec(code)?.[1];
  });
  return found;
}
