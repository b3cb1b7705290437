import { expect, it } from "vitest";
import { repository } from "../support/repository.ts";

const names = (addons: { name: string }[]): string[] => addons.map(({ name }) => name);

it("puts networking before the nodes and DNS after them", () => {
  const [environment] = repository().blueprint.environments;
  expect(names(environment?.addons.beforeCompute ?? [])).toEqual(["kube-proxy", "vpc-cni"]);
  expect(names(environment?.addons.afterCompute ?? [])).toContain("coredns");
});

it("brings the agent, before the nodes, with Pod Identity only", () => {
  const [environment] = repository({ identity: "pod-identity" }).blueprint.environments;
  expect(names(environment?.addons.beforeCompute ?? [])).toContain("eks-pod-identity-agent");
  expect(environment?.network.interfaceEndpoints).toContain("eks-auth");
  expect(repository().blueprint.environments[0]?.network.interfaceEndpoints).not.toContain(
    "eks-auth",
  );
});

it("keeps the CNI's permissions off the node role", () => {
  const [environment] = repository().blueprint.environments;
  expect(environment?.identities).toContainEqual(
    expect.objectContaining({
      serviceAccount: "aws-node",
      managedPolicies: ["AmazonEKS_CNI_Policy"],
    }),
  );
});
