/** Every Control: no alarm on the untouched golden repositories, and red for each of its mutants. */
import { describe, expect, it } from "vitest";
import { all } from "../../src/controls/catalogue.generated.js";
import { isChecked } from "../../src/controls/control.ts";
import {
  auditFiles,
  filesOf,
  findingsOf,
  mutants,
  mutate,
  type ProfileName,
} from "../support/mutants.ts";
import { profiles } from "../support/profiles.ts";

describe.each(Object.keys(profiles) as ProfileName[])("%s, untouched", (name) => {
  it("has no finding", async () => {
    const report = await auditFiles(filesOf(name));
    expect(report.problems).toEqual([]);
    expect(findingsOf(report)).toEqual([]);
  });
});

describe.each(mutants)("$control.id: $mutant.title", ({ control, mutant }) => {
  it("is caught, at a place", async () => {
    const { results } = await auditFiles(mutate(mutant));
    const result = results.find((each) => each.control.id === control.id);
    expect(result?.status).toBe("not met");
    for (const { place, message } of result?.observations ?? []) {
      expect(place.line).toBeGreaterThan(0);
      expect(message).not.toBe("");
    }
  });
});

describe.each(all)("$id", (control) => {
  it("is worth its place", () => {
    if (isChecked(control)) expect(control.mutants.length).toBeGreaterThan(0);
    expect(control.why.length).toBeGreaterThan(30);
  });
});
