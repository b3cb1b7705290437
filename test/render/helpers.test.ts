/** Values survive the language they are written in, whatever is in them. */
import { execa } from "execa";
import fc from "fast-check";
import { check, format } from "prettier";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { helpers } from "../../src/render/helpers.ts";
import { formatJson } from "../../src/render/json.ts";

const { hcl, hclMap, hclText, md, mdTable, raw, sh, yaml } = helpers;

/** Text with what hurts: quotes, interpolation, newlines, comment signs, look-alikes of other types. */
const nasty = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "$" + "{x}",
    "%{ if x }",
    "$$" + "{x}",
    "yes",
    "NO",
    "null",
    "~",
    "1.35",
    "1e3",
    "0x1f",
    "2026-01-01",
    "- a",
    "a: b",
    "# c",
    "a #b",
    "@x",
    "*a",
    "&a",
    "!t",
    "'",
    '"',
    "`",
    "\\",
    "\n",
    "\t",
    "a\nb",
    " a ",
    "",
    "{{x}}",
    "?",
    "<<",
  ),
);

describe("yaml", () => {
  it("reads back as the same string", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(parse(`k: ${yaml(text)}\n`)).toEqual({ k: text });
      }),
    );
  });

  it("keeps numbers and truth", () => {
    expect([yaml(3), yaml(true), yaml("3"), yaml("true")]).toEqual(["3", "true", '"3"', '"true"']);
  });

  it("is written as prettier would", async () => {
    for (const text of [
      "plain",
      "1.35",
      "two words",
      "a/b-c_d.e",
      "arn:aws:iam::1:role/x",
      "10.0.0.0/16",
      "true",
    ])
      expect(await check(`k: ${yaml(text)}\n`, { filepath: "x.yaml" }), text).toBe(true);
  });
});

describe("hcl", () => {
  it("reads back as the same string in terraform", async () => {
    const texts = fc
      .sample(nasty, 60)
      // The console takes neither control characters nor halves of a pair.
      .filter((text) => !/[^\P{C}\n\t]/u.test(text));
    const expression = `jsonencode([${texts.map((text) => hcl(text)).join(", ")}])`;
    const { stdout } = await execa("terraform", ["console"], {
      input: expression,
      env: { CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "" },
    });
    const read = JSON.parse(JSON.parse(stdout)) as string[];
    // Terraform normalises text to NFC.
    expect(read).toEqual(texts.map((text) => text.normalize("NFC")));
  });

  it("lets no interpolation through", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const written = hclText([text, "${evil}%{evil}"].join(""));
        expect(written).not.toMatch(/(^|[^$])\$\{/);
        expect(written).not.toMatch(/(^|[^%])%\{/);
        expect(written).not.toMatch(/[\n\r]/);
      }),
    );
  });

  it("writes lists, maps and odd keys", () => {
    expect(hcl(["a", 1, true])).toBe('["a", 1, true]');
    expect(hcl({ a: 1, "b.c": "d" })).toBe('{ a = 1, "b.c" = "d" }');
    expect(hclMap({ a: 1, "long.key": 2 }, 2)).toBe(
      '{\n    a          = 1\n    "long.key" = 2\n  }',
    );
    expect(() => hcl(undefined)).toThrow(/no literal/);
    expect(() => hcl(null)).toThrow(/no literal/);
  });
});

describe("sh", () => {
  it("is one word to the shell", async () => {
    const texts = fc
      .sample(nasty, 40)
      .filter(
        (text) => !text.includes("\0") && !text.endsWith("\n") && !/[\ud800-\udfff]/u.test(text),
      );
    const { stdout } = await execa(
      "sh",
      ["-c", `printf '%s\\0' ${texts.map((text) => sh(text)).join(" ")}`],
      { stripFinalNewline: false },
    );
    expect(stdout.split("\0").slice(0, -1)).toEqual(texts);
  });
});

describe("raw", () => {
  it("takes plain words only", () => {
    expect(raw("a/b-c_1.2:x@y+z")).toBe("a/b-c_1.2:x@y+z");
    for (const text of ["a b", "$x", "`id`", "a;b", "", "a\nb", '"', "{{"])
      expect(() => raw(text), text).toThrow(/plain word/);
  });
});

describe("markdown", () => {
  it("puts nothing but text into a paragraph", () => {
    expect(md("a [link](x) <b> `c` #d")).toBe("a \\[link\\](x) \\<b\\> \\`c\\` \\#d");
  });

  it("aligns tables as prettier does", async () => {
    const table = mdTable({
      header: ["Name", "Value"],
      rows: [
        ["a", "long value"],
        ["b", 3],
      ],
    });
    expect(await check(`${table}\n`, { filepath: "x.md" })).toBe(true);
  });
});

describe("json", () => {
  it("fills a line to its end, where no comma follows", async () => {
    for (let digits = 1; digits < 12; digits += 1) {
      const value = { a: [...Array(8).fill(1234567), Number("9".repeat(digits))] };
      const text = formatJson(value);
      expect(await format(text, { filepath: "x.json" }), text).toBe(text);
    }
  });

  it("is written as prettier would", async () => {
    // What a schema is made of: objects, lists of scalars, lists of objects.
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const { json } = fc.letrec((tie) => ({
      json: fc.dictionary(
        fc.string(),
        fc.oneof(
          { maxDepth: 3 },
          scalar,
          fc.array(scalar, { maxLength: 12 }),
          tie("json"),
          fc.array(tie("json"), { minLength: 2, maxLength: 3 }),
        ),
        { minKeys: 1 },
      ),
    })) as { json: fc.Arbitrary<object> };
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        expect(formatJson(value)).toBe(await format(formatJson(value), { filepath: "x.json" }));
      }),
      { numRuns: 200 },
    );
  });
});
