import { expect, it } from "vitest";
import { repository } from "../support/repository.ts";

it("is installed after the nodes, and only when it is asked for", () => {
  const installed = (input: Parameters<typeof repository>[0]): boolean[] =>
    repository(input).blueprint.environments.map(({ addons }) =>
      addons.afterCompute.some(({ name }) => name === "metrics-server"),
    );
  expect(installed({ addons: ["metrics-server"] })).toEqual([true, true]);
  expect(installed({})).toEqual([false, false]);
});
