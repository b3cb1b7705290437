/** Real OpenTofu reads what the OpenTofu target gives. */
import { describe, expect, it } from "vitest";
import { validateInstant } from "../../src/proof/index.ts";
import { repository, writeTree } from "../support/repository.ts";
import { scratch } from "../support/run.ts";
import { need } from "../support/tools.ts";

describe.each([
  ["defaults", {}],
  [
    "Pod Identity, Cilium, GitLab",
    { identity: "pod-identity", networkPolicy: "cilium", ci: "gitlab" },
  ],
  [
    "GovCloud in a VPC that exists",
    {
      region: "us-gov-west-1",
      networkPolicy: "vpc-cni",
      environments: { prod: { network: { vpc: "existing", cidr: "10.8.0.0/16" } } },
    },
  ],
])("OpenTofu: %s", (_title, input) => {
  it("formats and validates on both bundled schemas", async (test) => {
    await need(test, "tofu");
    const { tree } = repository({ ...input, iac: "opentofu" });
    const directory = await scratch();
    await writeTree(directory, tree);
    const report = await validateInstant({ directory, iac: "opentofu", providers: [5, 6] });
    expect(report.tool?.iac).toBe("opentofu");
    expect(report.checks.flatMap(({ findings }) => findings)).toEqual([]);
    expect(report.checks.every(({ status }) => status === "passed")).toBe(true);
  });
});
