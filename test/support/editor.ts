/** A user who edits at random, and leaves a mark in every line that is theirs. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { snapshot } from "./updates.ts";

const KINDS = [
  "change line",
  "change line",
  "insert line",
  "insert line",
  "delete line",
  "rename",
  "delete",
  "add",
  "add to folder",
  "change mode",
  "to CRLF",
] as const;

/** One edit; what it is done to is taken modulo what is there. */
export interface Edit {
  kind: (typeof KINDS)[number];
  file: number;
  line: number;
}

export const edits = (most: number): fc.Arbitrary<Edit[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...KINDS), file: fc.nat(9999), line: fc.nat(999) }), {
    maxLength: most,
    size: "max",
  });

/** Files that the user edits: all but the life cycle's own. */
export const filesOf = (directory: string): string[] =>
  Object.entries(snapshot(directory)).flatMap(([path, mark]) =>
    mark.startsWith("file:") && !path.startsWith(".hardened-eks/") && path !== "hardened-eks.yaml"
      ? [path]
      : [],
  );

/** Carries the edits out. */
export function edit(directory: string, list: readonly Edit[]): void {
  const paths = filesOf(directory);
  for (const [number, { kind, file, line }] of list.entries()) {
    const at = file % paths.length;
    const path = paths[at] as string;
    const full = join(directory, path);
    const mark = `mine-${number};`;
    const save = (to: string, contents: string): void => {
      mkdirSync(dirname(join(directory, to)), { recursive: true });
      writeFileSync(join(directory, to), contents);
    };
    if (kind === "rename") {
      const to = line % 2 === 0 ? `${path}.mine` : `mine/${number}/${basename(path)}`;
      mkdirSync(dirname(join(directory, to)), { recursive: true });
      renameSync(full, join(directory, to));
      paths[at] = to;
    } else if (kind === "delete") {
      rmSync(full);
      paths.splice(at, 1);
    } else if (kind === "add" || kind === "add to folder") {
      const to = kind === "add" ? `own/${number}.txt` : join(dirname(path), `own-${number}.txt`);
      save(to, `${mark}\n`);
      paths.push(to);
    } else if (kind === "change mode") chmodSync(full, lstatSync(full).mode ^ 0o111);
    else {
      const text = readFileSync(full, "latin1");
      if (kind === "to CRLF") {
        writeFileSync(full, text.replaceAll(/\r?\n/g, "\r\n"), "latin1");
        continue;
      }
      const end = text.includes("\r\n") ? "\r\n" : "\n";
      const lines = text.split(end);
      const where = line % Math.max(1, lines.length - 1);
      if (kind === "insert line") lines.splice(where, 0, mark);
      else if (kind === "change line")
        lines[where] = `${lines[where]?.includes("mine-") ? lines[where] : ""}${mark}`;
      else lines.splice(where, 1);
      writeFileSync(full, lines.join(end), "latin1");
    }
  }
}

/** The marks that are in the work tree, with the files that hold them. */
export function marks(directory: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of filesOf(directory))
    for (const [mark] of readFileSync(join(directory, path), "latin1").matchAll(/mine-\d+;/g))
      found.set(mark, [...(found.get(mark) ?? []), path]);
  return found;
}
