import { expect, it } from "vitest";
import { repository } from "../support/repository.ts";

it("is planned once for environments that share an account", () => {
  const { blueprint } = repository({
    environments: { dev: { accountId: "111122223333" }, prod: { accountId: "111122223333" } },
  });
  expect(blueprint.accounts.map(({ name, guardDuty }) => [name, guardDuty?.detector])).toEqual([
    ["dev", "create"],
  ]);
});

it("is an exception when it is off or delegated", () => {
  const ids = (input: Parameters<typeof repository>[0]): string[] =>
    repository(input).blueprint.exceptions.map(({ id }) => id);
  expect(ids({})).toEqual([]);
  expect(ids({ addons: [] })).toEqual(["no-guardduty-dev", "no-guardduty-prod"]);
  expect(ids({ environments: { prod: { addons: ["ebs-csi"] }, dev: {} } })).toEqual([
    "no-guardduty-prod",
  ]);
  expect(ids({ addons: [], environments: { prod: { addons: ["guardduty"] } } })).toEqual([]);
  expect(ids({ guardduty: { detector: "delegated" } })).toEqual(["guardduty-delegated"]);
});

it("leaves no file behind when it is off", () => {
  expect(repository().paths.filter((path) => /guardduty/.test(path))).not.toEqual([]);
  expect(repository({ addons: [] }).paths.filter((path) => /guardduty/.test(path))).toEqual([]);
});
