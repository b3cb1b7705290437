import { expect, it } from "vitest";
import { repository } from "../support/repository.ts";

it("runs as a role that may use the volumes key, and nothing else may", () => {
  const [environment] = repository().blueprint.environments;
  expect(environment?.identities.filter(({ usesVolumesKey }) => usesVolumesKey)).toEqual([
    expect.objectContaining({ namespace: "kube-system", serviceAccount: "ebs-csi-controller-sa" }),
  ]);
});

it("can be switched off for one environment", () => {
  const { blueprint } = repository({ environments: { dev: { addons: ["guardduty"] }, prod: {} } });
  const has = blueprint.environments.map(({ addons }) =>
    addons.afterCompute.some(({ name }) => name === "aws-ebs-csi-driver"),
  );
  expect(has).toEqual([false, true]);
});

it("brings its storage class where it is on", () => {
  const { paths, file } = repository({
    environments: { dev: { addons: ["guardduty"] }, prod: {} },
  });
  expect(paths).toContain("kubernetes/overlays/prod/storage-class.yaml");
  expect(paths).not.toContain("kubernetes/overlays/dev/storage-class.yaml");
  expect(file("kubernetes/overlays/dev/kustomization.yaml")).not.toContain("storage-class");
});
