/** The catalogue as a whole: ids, frameworks, size. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { controls, findControl } from "../../src/controls/catalogue.ts";
import { AREAS, areaOf, isChecked } from "../../src/controls/control.ts";
import { cisEks } from "../../src/controls/frameworks/cis-eks.ts";
import { root } from "../support/run.ts";

const checked = controls.filter(isChecked);

it("has at least 90 Controls that are checked, in ten areas", () => {
  expect(checked.length).toBeGreaterThanOrEqual(90);
  expect(new Set(checked.map(areaOf))).toEqual(new Set(AREAS));
});

it("has at least 150 mutants, no two alike", () => {
  const mutants = checked.flatMap(({ id, mutants: own }) =>
    own.map(({ title }) => `${id}: ${title}`),
  );
  expect(mutants.length).toBeGreaterThanOrEqual(150);
  expect(new Set(mutants).size).toBe(mutants.length);
});

it("is one file a Control, which bears its name", () => {
  const files = AREAS.flatMap((area) =>
    readdirSync(join(root, "src/controls", area)).map(
      (file) => `${area}.${file.replace(/\.ts$/, "")}`,
    ),
  );
  expect(controls.map(({ id }) => id).sort()).toEqual(files.sort());
  for (const { id } of controls) expect(findControl(id)?.id).toBe(id);
});

describe("CIS Amazon EKS Benchmark 1.8.0", () => {
  it.each(cisEks)("$id $title has an answer", ({ id }) => {
    expect(controls.filter(({ mapping }) => mapping.cisEks?.includes(id)).length).toBeGreaterThan(
      0,
    );
  });

  it("is not answered under an id that it does not have", () => {
    const known = new Set(cisEks.map(({ id }) => id));
    const foreign = controls.flatMap(({ id, mapping }) =>
      (mapping.cisEks ?? []).filter((each) => !known.has(each)).map((each) => `${id}: ${each}`),
    );
    expect(foreign).toEqual([]);
  });
});

it("writes ids of other tools as these do", () => {
  for (const { id, mapping } of controls) {
    for (const each of mapping.checkov ?? []) expect(each, id).toMatch(/^CKV2?_(AWS|K8S|GHA)_\d+$/);
    for (const each of mapping.trivy ?? []) expect(each, id).toMatch(/^(AWS|KSV)-\d{4,5}$/);
    for (const each of mapping.securityHub ?? []) expect(each, id).toMatch(/^[A-Za-z0-9]+\.\d+$/);
  }
});

it("says why, what and how to mend in sentences of a reviewer's length", () => {
  for (const control of controls) {
    expect(control.title, control.id).toMatch(/[^.]$/);
    expect(control.title.length, control.id).toBeLessThan(130);
    expect(control.why, control.id).toMatch(/\.$/);
    if (isChecked(control)) {
      expect(control.fix, control.id).toMatch(/\.$/);
      expect(control.evidence.length, control.id).toBeGreaterThan(0);
      expect(control.mutants.length, control.id).toBeGreaterThan(0);
    }
  }
});
