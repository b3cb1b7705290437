/** Every pair of option values: renders twice to the same bytes, canonical, and valid on real terraform. */
import { check, type Options, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { buildBlueprint } from "../../src/blueprint/build.ts";
import { checkConfig } from "../../src/blueprint/check.ts";
import { declarations } from "../../src/features/index.ts";
import { checkSchema } from "../../src/options/validate.ts";
import { validateInstant } from "../../src/proof/index.ts";
import { renderRepository } from "../../src/render/render.ts";
import { factors, matrix } from "../support/matrix.ts";
import { mirror, validateWithRealProvider } from "../support/real-provider.ts";
import { TODAY, writeTree } from "../support/repository.ts";
import { scratch } from "../support/run.ts";
import { because, NO_MIRROR } from "../support/skips.ts";

const rows = matrix();

describe("the matrix", () => {
  it("has 40 rows or more, and every pair of values", () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
    expect(Object.keys(factors).length).toBeGreaterThanOrEqual(20);
  });
});

describe.each(rows)("$title", ({ config }) => {
  const tree = renderRepository(config, buildBlueprint(config));

  it("is a valid Config", () => {
    expect(checkSchema(declarations, config)).toEqual([]);
    expect(checkConfig(config, TODAY).problems).toEqual([]);
  });

  it("renders twice to the same bytes", () => {
    expect([...renderRepository(config, buildBlueprint(config))]).toEqual([...tree]);
  });

  it("leaves no trace of templating", () => {
    for (const [path, { contents }] of tree) {
      expect(contents, path).not.toMatch(/undefined|\[object Object\]|\{\{[#/]|NaN/);
      expect(contents, path).not.toMatch(/\n\n\n/);
      expect(contents, `${path} ends with one newline`).toMatch(/[^\n]\n$/);
      expect(contents, `${path} has no trailing blanks`).not.toMatch(/[ \t]\n/);
    }
  });

  it("is what prettier would write", async () => {
    const options = (await resolveConfig("x.md")) as Options | null;
    for (const [path, { contents }] of tree)
      if (/\.(ya?ml|json|md)$/.test(path))
        expect(await check(contents, { ...options, filepath: path }), path).toBe(true);
  });

  it("passes real terraform on both bundled schemas, formatted", async () => {
    const directory = await scratch();
    await writeTree(directory, tree);
    // Both tools read the same language; terraform stands in where tofu is not installed.
    const report = await validateInstant({
      directory,
      iac: "terraform",
      providers: config.awsProvider === 6 ? [6] : [5, 6],
    });
    expect(report.checks.flatMap(({ findings }) => findings)).toEqual([]);
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual(
      report.checks.map(({ id }) => [id, "passed"]),
    );
  });

  // 5.100 is the provider in the mirror; a repository for 6 needs 6.
  it.skipIf(mirror === undefined || config.awsProvider === 6)(
    "passes real terraform on the real provider",
    because(mirror === undefined ? NO_MIRROR : "the mirror holds provider 5 only"),
    async () => {
      const directory = await scratch();
      await writeTree(directory, tree);
      expect(await validateWithRealProvider(directory, await scratch())).toEqual([]);
    },
  );
});
