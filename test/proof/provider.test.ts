/** The parts of the schema provider that need no terraform. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../src/proof/provider/functions.ts";
import { bundledVersions, hasType, schemasFor } from "../../src/proof/provider/packs.ts";
import { decodeValue, encodeValue } from "../../src/proof/provider/values.ts";
import { fields, Message, textOf } from "../../src/proof/provider/wire.ts";
import { UNKNOWN } from "../../src/proof/rules/index.ts";

const root = join(import.meta.dirname, "../..");
const types = (...resources: string[]) => ({
  resource: new Set(resources),
  data: new Set<string>(),
  ephemeral: new Set<string>(),
});

describe("messages", () => {
  it("come back as they were", () => {
    const bytes = new Message()
      .bytes(1, "näme")
      .int(2, 300)
      .int(3, true)
      .int(4, 0)
      .bytes(5, undefined)
      .bytes(16, new Message().explicitInt(1, 0))
      .int(17, 2 ** 40)
      .finish();
    expect(
      [...fields(bytes)].map(({ field, number, bytes: { length } }) => [field, number, length]),
    ).toEqual([
      [1, 0, 5],
      [2, 300, 0],
      [3, 1, 0],
      [16, 0, 2],
      [17, 2 ** 40, 0],
    ]);
    expect(textOf(bytes, 1)).toBe("näme");
    expect(textOf(bytes, 9)).toBe("");
  });

  it("that are cut off are refused", () => {
    const bytes = new Message().bytes(1, "text").int(2, 300).finish();
    for (const end of [1, 3, bytes.length - 1])
      expect(() => [...fields(bytes.subarray(0, end))]).toThrow(RangeError);
    expect(() => [...fields(Uint8Array.of(0x0b))]).toThrow(/wire type/);
  });
});

describe("values", () => {
  it("are decoded, with what is unknown", () => {
    // {a: unknown, b: [1, "x", null, unknown with refinements]}
    const bytes = Uint8Array.of(
      0x82,
      0xa1,
      0x61,
      0xd4,
      0,
      0,
      0xa1,
      0x62,
      0x94,
      1,
      0xa1,
      0x78,
      0xc0,
      0xc7,
      1,
      12,
      0x80,
    );
    expect(decodeValue(bytes)).toEqual({ a: UNKNOWN, b: [1, "x", null, UNKNOWN] });
    expect(decodeValue(encodeValue({ a: "b" }))).toEqual({ a: "b" });
  });
});

describe("functions", () => {
  it("answer as the provider does", () => {
    const role = "arn:aws:iam::111122223333:role/a/b/name";
    expect(FUNCTIONS.arn_parse?.call(role)).toEqual({
      partition: "aws",
      service: "iam",
      region: "",
      account_id: "111122223333",
      resource: "role/a/b/name",
    });
    expect(FUNCTIONS.arn_build?.call("aws", "iam", "", "111122223333", "role/a/b/name")).toBe(role);
    expect(FUNCTIONS.trim_iam_role_path?.call(role)).toBe("arn:aws:iam::111122223333:role/name");
    expect(() => FUNCTIONS.trim_iam_role_path?.call("arn:aws:s3:::b")).toThrow();
  });
});

describe("the packs", () => {
  it("hold what was asked for, of each major", () => {
    expect(bundledVersions()).toEqual({ 5: "5.100.0", 6: "6.47.0" });
    for (const major of [5, 6] as const) {
      const schemas = schemasFor(major, types("aws_vpc", "aws_quicksight_dashboard"));
      expect([...schemas.types.resource.keys()]).toEqual(["aws_vpc", "aws_quicksight_dashboard"]);
      expect(schemas.provider.length).toBeGreaterThan(1000);
    }
    expect(hasType(5, "resource", "aws_eks_capability")).toBe(false);
    expect(hasType(6, "resource", "aws_eks_capability")).toBe(true);
    expect(hasType(6, "resource", "constructor")).toBe(false);
  });

  it("offer the nearest name for one that does not exist", () => {
    expect([...schemasFor(5, types("aws_vpcs")).types.resource.keys()]).toEqual(["aws_vpc"]);
    expect([
      ...schemasFor(5, types("aws_something_else_altogether")).types.resource.keys(),
    ]).toEqual([]);
  });

  it("have every type of the templates in the core, which loads fast", () => {
    const raw = brotliDecompressSync(readFileSync(join(root, "src/proof/schemas/core.pack")));
    const { index } = JSON.parse(raw.toString("utf8", 0, raw.indexOf(0x0a))) as {
      index: Record<string, Record<string, Record<string, unknown>>>;
    };
    const missing = new Set<string>();
    const templates = join(root, "templates");
    for (const name of readdirSync(templates, { recursive: true, encoding: "utf8" })) {
      const path = join(templates, name);
      if (!statSync(path).isFile()) continue;
      for (const [, kind, type] of readFileSync(path, "utf8").matchAll(
        /^\s*(resource|data) "(aws_\w+)"/gm,
      ))
        for (const major of [5, 6] as const)
          if (
            hasType(major, kind as "resource", type as string) &&
            index[major]?.[kind as string]?.[type as string] === undefined
          )
            missing.add(type as string);
    }
    // Run build/reduce-schema.ts again where this fails.
    expect([...missing]).toEqual([]);
  });

  it("stay small", () => {
    const size = readdirSync(join(root, "src/proof/schemas"))
      .map((name) => statSync(join(root, "src/proof/schemas", name)).size)
      .reduce((sum, each) => sum + each, 0);
    expect(size).toBeLessThan(500_000);
  });
});
