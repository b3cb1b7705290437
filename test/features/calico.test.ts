import { expect, it } from "vitest";
import { features } from "../../src/features/index.ts";
import { repository } from "../support/repository.ts";

const made = repository({ networkPolicy: "calico" });

it("is the only engine", () => {
  const engines = features.filter(({ kind }) => kind === "network-policy").map(({ id }) => id);
  expect(made.blueprint.features.filter((id) => engines.includes(id))).toEqual(["calico"]);
});

it("agrees with the engine of the VPC CNI", () => {
  for (const { addons } of made.blueprint.environments) {
    const cni = addons.beforeCompute.find(({ name }) => name === "vpc-cni");
    expect(cni?.configuration).toMatchObject({ enableNetworkPolicy: "false" });
  }
});

it("renders a default deny in both directions", () => {
  const denies = made.paths.filter((path) => path.endsWith("default-deny.yaml"));
  expect(denies).not.toEqual([]);
  for (const path of denies) expect(made.file(path)).toMatch(/[Ii]ngress[\s\S]*[Ee]gress/);
});

it("opens its API server's port beside the usual ones", () => {
  expect(made.file("environments/prod/main.cluster.tf")).toContain(
    "webhook_ports = [5443, 8443, 9443]",
  );
});
