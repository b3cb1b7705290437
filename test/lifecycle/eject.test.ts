/** A repository that left names the tool nowhere, whatever its options. */
import { describe, expect, it } from "vitest";
import { buildBlueprint } from "../../src/blueprint/build.ts";
import { renderRepository } from "../../src/render/render.ts";
import { matrix } from "../support/matrix.ts";
import { profiles } from "../support/profiles.ts";
import { configOf } from "../support/repository.ts";

const configs = [...Object.values(profiles).map(configOf), ...matrix().map(({ config }) => config)];

describe("the render of a repository that left", () => {
  it.each(configs.map((config, index) => [index, config] as const))(
    "row %i names the tool nowhere",
    (_, config) => {
      const tree = renderRepository(config, buildBlueprint(config, { ejected: true }));
      const named = [...tree]
        .filter(([path]) => path !== "hardened-eks.yaml" && !path.startsWith(".hardened-eks/"))
        .flatMap(([path, { contents }]) =>
          contents
            .split("\n")
            .filter((line) => /create-hardened-eks|hardened-eks\.yaml|\.hardened-eks/.test(line))
            .map((line) => `${path}: ${line}`),
        );
      expect(named).toEqual([]);
    },
  );
});
