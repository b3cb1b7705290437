/** Each value rule is seen to refuse, and to take what is valid, through the real tool. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Finding,
  type ProviderMajor,
  validateFull,
  validateInstant,
} from "../../src/proof/index.ts";
import { schemasFor } from "../../src/proof/provider/packs.ts";
import { fields, textOf } from "../../src/proof/provider/wire.ts";
import { provider, rules } from "../../src/proof/rules/index.ts";
import { because, NO_MIRROR, NO_TERRAFORM } from "../support/skips.ts";
import { bases, cases, good, hcl } from "./cases.ts";
import { noTerraform } from "./tool.ts";

const majors: readonly ProviderMajor[] = [5, 6];
const directories: string[] = [];
async function directory(files: Record<string, string>): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "rules-"));
  directories.push(made);
  for (const [name, text] of Object.entries(files)) await writeFile(join(made, name), text);
  return made;
}
afterAll(async () => {
  for (const each of directories) await rm(each, { recursive: true });
});

async function schemaFindings(path: string, major: ProviderMajor): Promise<Finding[]> {
  const { checks } = await validateInstant({
    directory: path,
    iac: "terraform",
    providers: [major],
  });
  const check = checks.find(({ id }) => id === `schema-${major}`);
  expect(check?.status).not.toBe("skipped");
  return check?.findings ?? [];
}

const label = ({ type, set }: { type: string; set: Record<string, unknown> }): string =>
  `${type} ${JSON.stringify(set)}`.slice(0, 110);

describe.skipIf(noTerraform).each(majors)("provider %i", because(NO_TERRAFORM), (major) => {
  const refused = cases.filter((each) => (each.major ?? major) === major);
  const taken = [
    ...Object.keys(bases).map((type) => ({ type, set: {} })),
    ...good.filter((each) => (each.major ?? major) === major),
  ];
  const byFile = new Map<string, Finding[]>();

  beforeAll(async () => {
    const path = await directory({
      ...Object.fromEntries(
        refused.map(({ type, set }, index) => [`bad_${index}.tf`, hcl(type, `bad_${index}`, set)]),
      ),
      ...Object.fromEntries(
        taken.map(({ type, set }, index) => [`good_${index}.tf`, hcl(type, `good_${index}`, set)]),
      ),
    });
    for (const finding of await schemaFindings(path, major)) {
      const file = finding.file ?? "";
      byFile.set(file, [...(byFile.get(file) ?? []), finding]);
    }
  });

  it.each(refused.map((each, index) => [label(each), index, each] as const))(
    "refuses %s",
    (_label, index, { says, severity = "error" }) => {
      const found = byFile.get(`bad_${index}.tf`) ?? [];
      expect(found.map(({ message }) => message).join("\n")).toMatch(says);
      expect(found.map((each) => each.severity)).toEqual([severity]);
      expect(found[0]?.line).toBeGreaterThanOrEqual(1);
      expect(found[0]?.detail).toMatch(/[.?]\n/);
    },
  );

  it.each(taken.map((each, index) => [label(each), index] as const))(
    "takes %s",
    (_label, index) => {
      expect(byFile.get(`good_${index}.tf`) ?? []).toEqual([]);
    },
  );
});

describe("the paths of the rules", () => {
  /** Path of every argument and block, with `*` after sets. */
  function pathsOf(schema: Uint8Array): Map<string, boolean> {
    const paths = new Map<string, boolean>();
    const block = (bytes: Uint8Array, prefix: string): void => {
      for (const each of fields(bytes)) {
        if (each.field !== 2 && each.field !== 3) continue;
        const name = textOf(each.bytes, 1);
        const type = each.field === 2 ? JSON.parse(textOf(each.bytes, 2)) : undefined;
        const nesting = [...fields(each.bytes)].find(({ field }) => field === 3)?.number;
        const isSet = each.field === 2 ? type[0] === "set" : nesting === 3;
        paths.set(`${prefix}${name}`, isSet);
        if (each.field === 3)
          for (const inner of fields(each.bytes))
            if (inner.field === 2) block(inner.bytes, `${prefix}${name}.`);
        if (Array.isArray(type) && Array.isArray(type[1]) && type[1][0] === "object")
          for (const [field, fieldType] of Object.entries(type[1][1]))
            paths.set(
              `${prefix}${name}.${field}`,
              Array.isArray(fieldType) && fieldType[0] === "set",
            );
      }
    };
    for (const each of fields(schema)) if (each.field === 2) block(each.bytes, "");
    return paths;
  }

  const known = (type: string): Map<string, boolean>[] =>
    majors.flatMap((major) => {
      const [kind, name] = type.startsWith("data.")
        ? (["data", type.slice(5)] as const)
        : (["resource", type] as const);
      const types = {
        resource: new Set<string>(),
        data: new Set<string>(),
        ephemeral: new Set<string>(),
      };
      types[kind].add(name);
      const schemas = schemasFor(major, types);
      const schema = type === "provider" ? schemas.provider : schemas.types[kind].get(name);
      return schema === undefined ? [] : [pathsOf(schema)];
    });

  it.each(Object.entries({ ...rules, provider }))("%s", (type, each) => {
    const schemas = known(type);
    expect(schemas.length).toBeGreaterThan(0);
    for (const path of [...Object.keys(each.values ?? {}), ...Object.keys(each.blocks ?? {})]) {
      if (path === "") continue;
      const names = path.split(".");
      const plain = names.map((name) => name.replace(/\*$/, ""));
      const having = schemas.filter((schema) => schema.has(plain.join(".")));
      expect(having.length, path).toBeGreaterThan(0);
      names.forEach((name, index) => {
        const isSet = having.some(
          (schema) => schema.get(plain.slice(0, index + 1).join(".")) === true,
        );
        expect(name.endsWith("*"), `${path}: ${name}`).toBe(isSet);
      });
    }
    for (const group of [
      ...(each.conflicts ?? []),
      ...(each.exactlyOne ?? []),
      ...(each.atLeastOne ?? []),
    ])
      for (const name of group)
        expect(
          schemas.some((schema) => schema.has(name)),
          name,
        ).toBe(true);
  });
});

describe.skipIf(noTerraform || process.env.HARDENED_EKS_PROVIDER_MIRROR === undefined)(
  "the real provider agrees",
  because(noTerraform ? NO_TERRAFORM : NO_MIRROR),
  () => {
    const wrong = cases.filter(({ stricter, major = 5 }) => stricter !== true && major === 5);
    const right = good.filter(({ major = 5 }) => major === 5);
    let files: Set<string | undefined>;

    beforeAll(async () => {
      const path = await directory({
        ...Object.fromEntries(
          wrong.map(({ type, set }, index) => [`bad_${index}.tf`, hcl(type, `bad_${index}`, set)]),
        ),
        ...Object.fromEntries(
          right.map(({ type, set }, index) => [
            `good_${index}.tf`,
            hcl(type, `good_${index}`, set),
          ]),
        ),
        ...Object.fromEntries(
          Object.keys(bases).map((type) => [`base_${type}.tf`, hcl(type, "base", {})]),
        ),
      });
      const { checks } = await validateFull({ directory: path, iac: "terraform" });
      const validate = checks.find(({ id }) => id.startsWith("validate:"));
      expect(validate?.status).toBe("failed");
      files = new Set(
        validate?.findings.filter(({ severity }) => severity === "error").map(({ file }) => file),
      );
    }, 300_000);

    it.each(wrong.map((each, index) => [label(each), index] as const))(
      "refuses %s",
      (_label, index) => {
        expect(files).toContain(`bad_${index}.tf`);
      },
    );

    it("takes what the rules take", () => {
      expect([...files].filter((file) => !file?.startsWith("bad_"))).toEqual([]);
    });
  },
);
