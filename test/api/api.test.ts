/** The public API: what the package exports, by name and kind. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { root } from "../support/run.ts";

it("exports exactly this", async () => {
  const api = await import(pathToFileURL(join(root, "dist/index.js")).href);
  expect(
    Object.fromEntries(Object.entries(api).map(([name, value]) => [name, typeof value])),
  ).toEqual({
    InvalidConfigError: "function",
    buildBlueprint: "function",
    checkConfig: "function",
    checkSchema: "function",
    configSchema: "function",
    declarations: "object",
    fillDefaults: "function",
    renderRepository: "function",
    validateFull: "function",
    validateInstant: "function",
  });
});

it("renders a repository from an input, in memory", async () => {
  const api = await import(pathToFileURL(join(root, "dist/index.js")).href);
  const config = api.fillDefaults(api.declarations, { region: "eu-west-1" }, "acme-platform");
  expect(api.checkSchema(api.declarations, config)).toEqual([]);
  expect(api.checkConfig(config, "2026-11-24").problems).toEqual([]);
  const tree = api.renderRepository(config, api.buildBlueprint(config));
  expect(tree.get("environments/prod/locals.tf").contents).toContain('"eu-west-1"');
});
