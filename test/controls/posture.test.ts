/** What a repository claims by its answers, and that the audit of its files says the same. */
import { describe, expect, it } from "vitest";
import { type Posture, postureDocument, postureOf } from "../../src/controls/posture.ts";
import type { Data } from "../../src/options/paths.ts";
import { auditFiles } from "../support/mutants.ts";
import { profiles } from "../support/profiles.ts";
import { repository } from "../support/repository.ts";

const claims = (input: Data): Posture[] => {
  const { config, blueprint } = repository(input);
  return postureOf(config, blueprint);
};
const statusOf = (input: Data, id: string): string | undefined =>
  claims(input).find(({ claim }) => claim.id === id)?.status;

it("drops a claim with what it rests on", () => {
  expect(statusOf({}, "control-plane.private-endpoint")).toBe("met");
  expect(
    statusOf(
      { access: { endpoint: "restricted", publicCidrs: ["203.0.113.0/24"] } },
      "control-plane.private-endpoint",
    ),
  ).toBe("exception");
  expect(
    statusOf(
      { namespaces: { a: { podSecurity: "baseline" } } },
      "workloads.pod-security-restricted",
    ),
  ).toBe("exception");
});

it("names a written exception with reason, owner and end", () => {
  const written = { reason: "the office has no VPN", owner: "ops", expires: "2027-01-31" };
  const claim = claims({ exceptions: { "nodes.imds-token": written } }).find(
    ({ claim: each }) => each.id === "nodes.imds-token",
  );
  expect(claim).toMatchObject({
    status: "exception",
    reason: "the office has no VPN; ops, until 2027-01-31",
  });
});

describe.each(Object.keys(profiles))("%s", (name) => {
  it("claims what the audit of its files finds", async () => {
    const made = repository(profiles[name]);
    const { results } = await auditFiles(
      new Map([...made.tree].map(([path, { contents }]) => [path, contents])),
    );
    const claimed = postureOf(made.config, made.blueprint);
    expect(results.map(({ control }) => control.id)).toEqual(claimed.map(({ claim }) => claim.id));
    for (const [index, { claim, status }] of claimed.entries()) {
      const found = results[index]?.status;
      // An answer may give up what the files hold all the same: it then claims less than there is, never more.
      if (status === "exception") expect(["exception", "met"], claim.id).toContain(found);
      else expect(found, claim.id).toBe(status);
    }
  });

  it("counts in the document what it lists", () => {
    const made = repository(profiles[name]);
    const document = postureDocument(postureOf(made.config, made.blueprint));
    for (const { claim } of postureOf(made.config, made.blueprint))
      expect(made.file("docs/controls.md")).toContain(`\n\`${claim.id}\`, ${claim.severity}: `);
    expect(made.file("docs/controls.md")).toContain(`${document.met} Controls are met`);
    expect(made.file("README.md")).toContain(`${document.met} [Controls](docs/controls.md)`);
    expect(document.cisEks.rows.length).toBe(50);
  });
});
