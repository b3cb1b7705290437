import { expect, it } from "vitest";
import { measures, postureOf } from "../../src/controls/posture.ts";
import { repository } from "../support/repository.ts";

const met = (input: Parameters<typeof repository>[0]): string[] =>
  postureOf(repository(input).blueprint).map(({ id }) => id);

it("claims everything for the defaults, but for what needs another choice", () => {
  const usual = met({});
  expect(measures.map(({ id }) => id).filter((id) => !usual.includes(id))).toEqual([
    "restricted-endpoint",
    "default-deny-namespaces",
  ]);
});

it("drops a claim with what it rests on", () => {
  const lost = (input: Parameters<typeof repository>[0]): string[] =>
    met({}).filter((id) => !met(input).includes(id));
  expect(lost({ access: { endpoint: "restricted", publicCidrs: ["203.0.113.0/24"] } })).toEqual([
    "private-endpoint",
  ]);
  expect(lost({ namespaces: { a: { podSecurity: "baseline" } } })).toEqual(["pod-security"]);
  expect(lost({ networkPolicy: "vpc-cni" })).toEqual(["default-deny"]);
  expect(lost({ addons: ["ebs-csi"] })).toEqual(["guardduty"]);
  expect(lost({ guardduty: { detector: "delegated" } })).toEqual(["guardduty"]);
  expect(lost({ allowExtendedSupport: true })).toEqual(["supported-version"]);
});

it("never claims what an exception denies", () => {
  for (const input of [
    { state: { backend: "local" } },
    { nodes: { disk: 50 } },
    { networkPolicy: "vpc-cni" },
  ]) {
    expect(repository(input).blueprint.exceptions).not.toEqual([]);
  }
});
