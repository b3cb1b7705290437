/** The reader of YAML against another library: the same data at the same places, and no bomb goes off. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
} from "yaml";
import { parseYaml, readYaml } from "../../src/options/yaml.ts";
import { filesOf, mutants, mutate, type ProfileName } from "../support/mutants.ts";
import { profiles } from "../support/profiles.ts";

type Path = (string | number)[];

interface Seen {
  data: unknown;
  places: [Path, number, number][];
}

/** Every path of plain data. */
function pathsOf(data: unknown, path: Path = []): Path[] {
  if (typeof data !== "object" || data === null) return [path];
  const steps = Array.isArray(data) ? [...data.keys()] : Object.keys(data);
  return [
    path,
    ...steps.flatMap((step) => pathsOf((data as Record<string, unknown>)[step], [...path, step])),
  ];
}

function ours(text: string): Seen[] | undefined {
  const read = readYaml(text, "lenient", 100);
  if ("flaw" in read) return undefined;
  return read.documents.map(({ data, positionOf }) => ({
    data,
    places: pathsOf(data).map((path) => {
      const { line, column } = positionOf(path);
      return [path, line, column];
    }),
  }));
}

function theirs(text: string): Seen[] | undefined {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true, logLevel: "silent" });
  const documents = Array.isArray(parsed) ? parsed : [];
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  return documents.map((document) => {
    const data: unknown = document.toJS({ maxAliasCount: 100 });
    return {
      data,
      places: pathsOf(data).map((path) => {
        const { line, col } = lines.linePos(offsetOf(document, path) ?? 0);
        return [path, line, col];
      }),
    };
  });
}

function offsetOf(document: Document, path: Path): number | undefined {
  let node: unknown = document.contents;
  let found = (node as Node | null)?.range?.[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(step),
      );
      if (!isPair(pair)) break;
      found = (pair.key as Node).range?.[0] ?? found;
      node = pair.value;
    } else if (isCollection(node)) {
      const item: unknown = node.items[Number(step)];
      if (item === undefined) break;
      found = (item as Node).range?.[0] ?? found;
      node = item;
    } else break;
  }
  return found;
}

const isYaml = (path: string): boolean => /\.ya?ml$/.test(path);

describe("reads as the other library does", () => {
  it("every file of the golden repositories", () => {
    const texts = new Map(
      (Object.keys(profiles) as ProfileName[]).flatMap((name) =>
        [...filesOf(name)].filter(([path]) => isYaml(path)).map(([path, text]) => [text, path]),
      ),
    );
    expect(texts.size).toBeGreaterThan(50);
    for (const [text, path] of texts) {
      const seen = ours(text);
      expect(seen, path).toBeDefined();
      expect(seen, path).toEqual(theirs(text));
    }
  });

  it("every mutant of a Control", () => {
    let read = 0;
    for (const { mutant } of mutants)
      for (const { file } of mutant.edits) {
        const text = isYaml(file) ? mutate(mutant).get(file) : undefined;
        if (text === undefined) continue;
        read += 1;
        expect(ours(text), mutant.title).toEqual(theirs(text));
      }
    expect(read).toBeGreaterThan(100);
  });

  it.each([
    "",
    "# nothing\n",
    "---\nx\n---\na: 1\n...\n---\nb\n",
    "\ufeffa: 1\nb: [2]\n",
    "a: 1\r\nb:\r\n- x\r\n",
    "on: true\nyes: no\nOn: off\n",
    "a: 010\nb: 0o10\nc: 0x1F\nd: 1_000\ne: .5\nf: 1e3\ng: -.5\nh: +1\ni: 0b1\nj: .inf\nk: 1.\n",
    "a: 2024-01-01\nb: 12:30:45\nc: ~\nd: Null\ne: TRUE\nf: 'true'\n",
    "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n",
    "a: &x {b: 1, c: 3}\nd: {<<: [*x, {c: 4}], b: 2}\n",
    "a: !reference [.x, script]\nb: !foo bar\nc: !m {d: 1}\ne: !!str 12\n",
    "a: |\n  x\n   y\n\n  z\nb: >-\n  p\n  q\n\n  r\nc: |+\n  k\n\n\nd: |2\n   i\n",
    "- |\n  x\n-\n\n  - >\n    y\n- ''\n- \"a\\tb\\u00e9\\\n    c\"\n- 'it''s'\n",
    "a:   # why\n  # more\n  b: c # d\n  e: f#g\n",
    'a: long\n  text\n\n  here\nb: "long\n  text"\n',
    "? a\n: b\n? |\n  key\n: c\n",
    "{a: 1, 'b': [x, y: z], \"c\":2, d}\n",
    "1: a\n2.5: b\ntrue: c\n",
    "a: ${{ x }}\nb: '* * *'\nc: a && b\n",
    "a:\n- b\n-   c: d\n    e: f\n",
    "__proto__: {x: 1}\nconstructor: 2\n",
  ])("%j", (text) => {
    const seen = ours(text);
    expect(seen).toBeDefined();
    expect(seen).toEqual(theirs(text));
  });

  it("random data in both styles", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z][a-z.-]{0,8}$/), tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (data) => {
        const text = JSON.stringify(data, undefined, 2);
        expect(ours(text)).toEqual(theirs(text));
        expect(ours(text)?.[0]?.data).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });
});

describe("is a flaw at its place", () => {
  it.each([
    ["a key twice", "a: 1\nb:\n  c: 1\n  c: 2\n", { line: 4, column: 3 }],
    ["a tab", "a:\n\t- b\n", { line: 2 }],
    ["an open list", "a: [1,\n", {}],
    ["a name that nothing has", "a: *x\n", { line: 1 }],
    ["a map as a key", "? {a: 1}\n: b\n", {}],
    ["a character that is none", "a: \u0000\n", { line: 1 }],
  ])("%s", (_, text, at) => {
    expect(readYaml(text, "lenient", 100)).toEqual({
      flaw: {
        message: expect.any(String),
        at: expect.objectContaining(at),
        cause: expect.any(Error),
      },
    });
  });

  const bomb = `a: &a [${"x,".repeat(9)}]\n${[..."bcdefghi"]
    .map((name, at) => `${name}: &${name} [${`*${"abcdefghi"[at]},`.repeat(9)}]`)
    .join("\n")}\n`;
  it.each([
    ["aliases that multiply", bomb],
    ["an alias that names itself", "a: &a [*a]\n"],
    ["too many aliases", `a: &a 1\nb: [${"*a,".repeat(101)}]\n`],
  ])("%s", (_, text) => {
    expect(readYaml(text, "lenient", 100)).toEqual({
      flaw: expect.objectContaining({ message: expect.stringMatching(/alias/) }),
    });
  });

  it("a list in a list in a list, ten thousand times", () => {
    expect(readYaml("[".repeat(10_000), "lenient", 100)).toHaveProperty("flaw.message");
  });
});

describe("a file that a person writes", () => {
  it("has one document, and none that is empty is wrong", () => {
    expect(parseYaml("")).toMatchObject({ data: null });
    expect(parseYaml("a: 1\n---\nb: 2\n")).toMatchObject({ flaw: { at: { line: 3, column: 1 } } });
  });

  it("has no tags and no merge keys", () => {
    expect(parseYaml("a: !x y\n")).toMatchObject({ flaw: { at: { line: 1, column: 4 } } });
    expect(parseYaml("a: &x {b: 1}\nc:\n  <<: *x\n")).toMatchObject({
      data: { c: { "<<": { b: 1 } } },
    });
  });
});
