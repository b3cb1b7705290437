/** The quick reader of Terraform files and the parser with the grammar give the same tree, or the quick one gives up. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { terraformParser } from "../../src/proof/terraform/parse.ts";
import { readPlain } from "../../src/proof/terraform/plain.ts";
import type { ParsedFile } from "../../src/proof/terraform/syntax.ts";
import { filesOf, mutants, mutate, type ProfileName } from "../support/mutants.ts";
import { profiles } from "../support/profiles.ts";

let parse: (file: string, text: string) => ParsedFile;
beforeAll(async () => {
  parse = await terraformParser();
});

const isTerraform = (path: string): boolean => /\.(tf|tofu|tfvars|tftest\.hcl)$/.test(path);

/** Texts of golden repositories, each once. */
const golden = new Map(
  (Object.keys(profiles) as ProfileName[]).flatMap((name) =>
    [...filesOf(name)]
      .filter(([path]) => isTerraform(path))
      .map(([path, text]) => [text, path] as const),
  ),
);

it("reads every file of the golden repositories, and reads it as the grammar does", () => {
  expect(golden.size).toBeGreaterThan(200);
  for (const [text, path] of golden) {
    const plain = readPlain(path, text);
    expect(plain, path).toBeDefined();
    expect(plain, path).toEqual(parse(path, text));
  }
});

it("reads every mutant of a Control as the grammar does, or gives it up", () => {
  let read = 0;
  for (const { mutant } of mutants)
    for (const { file } of mutant.edits) {
      const text = isTerraform(file) ? mutate(mutant).get(file) : undefined;
      const plain = text === undefined ? undefined : readPlain(file, text);
      if (plain === undefined) continue;
      read += 1;
      expect(plain, mutant.title).toEqual(parse(file, text as string));
    }
  expect(read).toBeGreaterThan(400);
});

const blocks = [...golden.keys()]
  .flatMap((text) => text.split(/\n\n(?=\w)/))
  .filter((text) => text.length < 1500);
const pieces =
  '( ) [ ] { } , = == => ? : . ... [*] .* " ${ } $${ %{ ! - + * / % && || < >= ~ for in if null true 1 1.5 2e3 x a-b var.x é foo( -1 !a \\n \\" \\q'
    .split(" ")
    .concat([
      "\n",
      " ",
      "#c\n",
      "/* c */",
      "<<EOT\nx\nEOT\n",
      "<<-EOT\n  x${var.a}\n  EOT\n",
      "[for a in b : a]",
      "{ for k, v in x : k => v... if v }",
      "(var.a ? 1 : 2)",
      "a ? b : c ? d : e",
      "a.b[0].c",
      'a["k"]',
      "a[*].b",
    ]);

it("never reads otherwise what somebody typed wrongly", () => {
  fc.assert(
    fc.property(
      fc.nat(blocks.length - 1),
      fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          cut: fc.nat(6),
          piece: fc.constantFrom("", ...pieces),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      (index, edits) => {
        let text = blocks[index] as string;
        for (const { at, cut, piece } of edits) {
          const place = Math.floor(at * text.length);
          text = text.slice(0, place) + piece + text.slice(place + (piece === "" ? cut : 0));
        }
        const plain = readPlain("main.tf", text);
        if (plain !== undefined) expect(plain).toEqual(parse("main.tf", text));
      },
    ),
    { numRuns: 1500, seed: 20261128 },
  );
});

describe("gives up", () => {
  it.each([
    ["an attribute twice", "a = 1\na = 2\n"],
    ["two attributes on a line", "a = 1 b = 2\n"],
    ["a string without an end", 'a = "b\n'],
    ["a block without an end", "a {\n"],
    ["a bracket too many", "a = 1\n}\n"],
    ["an escape that is none", 'a = "\\q"\n'],
    ["a directive", 'a = "%{ if b }c%{ endif }"\n'],
    ["a function of a provider", "a = provider::aws::arn_parse(b)\n"],
    ["line ends of Windows", "a = 1\r\n"],
    ["no value", "a =\n"],
    ["items without a comma", "a = [1 2]\n"],
    ["a heredoc without an end", "a = <<EOT\nb\n"],
    ["nesting without end", `a = ${"[".repeat(20_000)}\n`],
  ])("%s", (_, text) => {
    expect(readPlain("main.tf", text)).toBeUndefined();
  });
});
