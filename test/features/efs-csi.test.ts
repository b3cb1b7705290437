import { expect, it } from "vitest";
import { repository } from "../support/repository.ts";

it("brings its endpoint and its role", () => {
  const [environment] = repository({ addons: ["efs-csi"] }).blueprint.environments;
  expect(environment?.network.interfaceEndpoints).toContain("elasticfilesystem");
  expect(environment?.identities).toContainEqual(
    expect.objectContaining({ managedPolicies: ["service-role/AmazonEFSCSIDriverPolicy"] }),
  );
});

it("lets the nodes reach mount targets", () => {
  const { blueprint, file } = repository({ addons: ["efs-csi"] });
  expect(blueprint.environments[0]?.nodeEgressRules).toMatchObject([
    { fromPort: 2049, toPort: 2049 },
  ]);
  expect(file("environments/prod/main.cluster.tf")).toMatch(/efs = \{[\s\S]*2049/);
});
