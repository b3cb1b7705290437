/** A feature is one file, one folder of templates and one test; every template is used by something. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildBlueprint } from "../../src/blueprint/build.ts";
import { features } from "../../src/features/index.ts";
import { renderRepository, templateNames } from "../../src/render/render.ts";
import { matrix } from "../support/matrix.ts";
import { root } from "../support/run.ts";

describe("the parts of a feature", () => {
  it.each(features.map(({ id, kind }) => [id, kind] as const))("%s has all three", (id, kind) => {
    expect(existsSync(join(root, `src/features/${id}.ts`)), "its file").toBe(true);
    expect(existsSync(join(root, `test/features/${id}.test.ts`)), "its test").toBe(true);
    if (kind !== "core")
      expect(existsSync(join(root, `templates/features/${id}`)), "its templates").toBe(true);
  });

  it("no folder of templates without a feature", () => {
    const ids = features.map(({ id }) => id);
    expect(readdirSync(join(root, "templates/features")).filter((id) => !ids.includes(id))).toEqual(
      [],
    );
  });

  it("every template is used by a configuration of the matrix", () => {
    const used = new Set<string>();
    for (const { config } of matrix())
      for (const { template } of renderRepository(config, buildBlueprint(config)).values())
        if (template !== undefined) used.add(template);
    expect(templateNames().filter((name) => !used.has(name))).toEqual([]);
  });
});
