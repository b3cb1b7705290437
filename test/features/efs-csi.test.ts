import { expect, it } from "vitest";
import { repository } from "../support/repository.ts";

it("brings its endpoint and its role", () => {
  const [environment] = repository({ addons: ["efs-csi"] }).blueprint.environments;
  expect(environment?.network.interfaceEndpoints).toContain("elasticfilesystem");
  expect(environment?.identities).toContainEqual(
    expect.objectContaining({ managedPolicies: ["service-role/AmazonEFSCSIDriverPolicy"] }),
  );
});
