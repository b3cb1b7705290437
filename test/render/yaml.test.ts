import fc from "fast-check";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { formatYaml } from "../../src/render/yaml.ts";

const word = fc.oneof(
  fc.string(),
  fc.constantFrom(
    ..."true|No|on|~|null|1.30|0x1f|0o7|1e3|1_000|12:30:45|.inf|-|- a|a: b|a:|a #b|#a| a|a |*a|&a|!a|%a|@a|`a|{}|[]|,|?|: a|a\nb|\ta|é|\u2028|=|<<|arn:aws:iam::1:role/x|0123|e0|E12|+1|---|...|2026-01-01".split(
      "|",
    ),
    "|",
    "",
    "__proto__x",
  ),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    word,
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(
      word.filter((key) => key !== "__proto__"),
      tie("tree"),
      { maxKeys: 4 },
    ),
  ),
}));

it("is read back as the same data, by either version of YAML", () => {
  fc.assert(
    fc.property(tree, (value) => {
      const text = formatYaml({ value });
      expect(parse(text)).toEqual({ value });
      if (!/\d{4}-\d/.test(text) && !text.includes("<<"))
        expect(parse(text, { version: "1.1" })).toEqual({ value });
    }),
    { numRuns: 2000 },
  );
});

it("looks as the library's own text does where names and ids are written", () => {
  const value = {
    name: "acme-platform",
    version: "1.35",
    account: "111122223333",
    role: "arn:aws:iam::111122223333:role/platform-admin",
    cidr: "10.40.0.0/16",
    none: {},
    nothing: [],
    left: undefined,
    taints: [{ key: "dedicated", effects: ["a", "b"] }, [1, [true]]],
  };
  expect(formatYaml(value)).toBe(stringify(value));
});

it("refuses what YAML cannot say", () => {
  expect(() => formatYaml({ a: Number.NaN })).toThrow(TypeError);
});
