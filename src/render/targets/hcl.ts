/** The files of the two HCL targets, which differ in name and version only. */
import type { Blueprint, EnvironmentPlan, FileSpec } from "../../blueprint/types.ts";
import type { Target } from "./target.ts";

const merged = (template: string, path: string, more: Partial<FileSpec> = {}): FileSpec => ({
  template,
  path,
  owner: "merged",
  ...more,
});

/** Files of a root that are one of several, so no folder takes them in passing. */
const VARIANTS = [
  "backend.s3.tf",
  "backend.local.tf",
  "main.network.tf",
  "main.network.existing.tf",
  "variables.network.existing.tf",
];

/** Modules that no environment of this Blueprint calls. */
function unusedModules({ environments, accounts }: Blueprint): string[] {
  const some = (test: (environment: EnvironmentPlan) => boolean): boolean =>
    environments.some(test);
  const used: Record<string, boolean> = {
    network: some(({ network }) => network.kind === "new"),
    "existing-network": some(({ network }) => network.kind === "existing"),
    "irsa-role": some(({ podIdentity }) => podIdentity === undefined),
    "pod-identity-role": some(({ podIdentity }) => podIdentity !== undefined),
    guardduty: accounts.some(({ guardDuty }) => guardDuty !== undefined),
  };
  return Object.keys(used).filter((name) => used[name] === false);
}

function environmentFiles(blueprint: Blueprint): FileSpec[] {
  const from = "terraform/environment/";
  const to = "environments/__environment__/";
  const named = (kind: "new" | "existing"): string[] =>
    blueprint.environments.filter(({ network }) => network.kind === kind).map(({ name }) => name);
  return [
    merged(from, to, { except: VARIANTS }),
    merged(`${from}backend.${blueprint.project.stateBackend}.tf`, `${to}backend.tf`),
    merged(`${from}main.network.tf`, `${to}main.network.tf`, { only: named("new") }),
    merged(`${from}main.network.existing.tf`, `${to}main.network.tf`, { only: named("existing") }),
    merged(`${from}variables.network.existing.tf`, `${to}variables.network.tf`, {
      only: named("existing"),
    }),
  ];
}

function hclFiles(blueprint: Blueprint): FileSpec[] {
  return [
    merged("terraform/modules/", "modules/", {
      except: unusedModules(blueprint).map((name) => `${name}/`),
    }),
    ...(blueprint.bootstrap ? [merged("terraform/bootstrap/", "bootstrap/")] : []),
    merged("terraform/account/", "accounts/__account__/"),
    ...environmentFiles(blueprint),
  ];
}

export const terraform: Target = {
  id: "terraform",
  name: "Terraform",
  cli: "terraform",
  requiredVersion: ">= 1.11",
  version: "1.11.4",
  setupAction: "hashicorp/setup-terraform",
  registry: "registry.terraform.io",
  setup: { version: "terraform_version", wrapper: "terraform_wrapper" },
  image: "hashicorp/terraform:1.11.4",
  files: hclFiles,
};

export const opentofu: Target = {
  id: "opentofu",
  name: "OpenTofu",
  cli: "tofu",
  requiredVersion: ">= 1.10",
  version: "1.10.6",
  setupAction: "opentofu/setup-opentofu",
  registry: "registry.opentofu.org",
  setup: { version: "tofu_version", wrapper: "tofu_wrapper" },
  image: "ghcr.io/opentofu/opentofu:1.10.6",
  files: hclFiles,
};
