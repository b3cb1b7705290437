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
  "main.ci.github.tf",
  "main.ci.gitlab.tf",
  "variables.ci.github.tf",
  "variables.ci.gitlab.tf",
  "outputs.ci.tf",
  "account.tfvars",
  "main.guardduty.create.tf",
  "main.guardduty.existing.tf",
  "main.guardduty.delegated.tf",
  "variables.guardduty.existing.tf",
  "main.network.tf",
  "main.network.existing.tf",
  "variables.network.existing.tf",
];

/** Modules that no environment of this Blueprint calls. */
function unusedModules({ environments, accounts, bootstrap, project }: Blueprint): string[] {
  const some = (test: (environment: EnvironmentPlan) => boolean): boolean =>
    environments.some(test);
  const used: Record<string, boolean> = {
    network: some(({ network }) => network.kind === "new"),
    "existing-network": some(({ network }) => network.kind === "existing"),
    "irsa-role": some(({ podIdentity }) => podIdentity === undefined),
    "pod-identity-role": some(({ podIdentity }) => podIdentity !== undefined),
    guardduty: accounts.some(({ guardDuty }) => guardDuty !== undefined),
    "state-backend": bootstrap === true,
    "ci-identity": bootstrap === true && project.ci !== "none",
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

function bootstrapFiles({ bootstrap, project }: Blueprint): FileSpec[] {
  if (!bootstrap) return [];
  const from = "terraform/bootstrap/";
  const files = [
    merged(from, "bootstrap/", { except: VARIANTS }),
    merged(`${from}account.tfvars`, "bootstrap/__account__.tfvars"),
  ];
  if (project.ci === "none") return files;
  return [
    ...files,
    merged(`${from}main.ci.${project.ci}.tf`, "bootstrap/main.ci.tf"),
    merged(`${from}variables.ci.${project.ci}.tf`, "bootstrap/variables.ci.tf"),
    merged(`${from}outputs.ci.tf`, "bootstrap/outputs.ci.tf"),
  ];
}

function accountFiles({ accounts, project }: Blueprint): FileSpec[] {
  const from = "terraform/account/";
  const to = "accounts/__account__/";
  const withDetector = (mode: "create" | "existing" | "delegated"): string[] =>
    accounts.filter(({ guardDuty }) => guardDuty?.detector === mode).map(({ name }) => name);
  return [
    merged(from, to, { except: VARIANTS }),
    merged(`${from}backend.${project.stateBackend}.tf`, `${to}backend.tf`),
    ...(["create", "existing", "delegated"] as const).map((mode) =>
      merged(`${from}main.guardduty.${mode}.tf`, `${to}main.guardduty.tf`, {
        only: withDetector(mode),
      }),
    ),
    merged(`${from}variables.guardduty.existing.tf`, `${to}variables.guardduty.tf`, {
      only: withDetector("existing"),
    }),
  ];
}

function hclFiles(blueprint: Blueprint): FileSpec[] {
  return [
    merged("terraform/modules/", "modules/", {
      except: unusedModules(blueprint).map((name) => `${name}/`),
    }),
    ...bootstrapFiles(blueprint),
    ...accountFiles(blueprint),
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
  // As two public repositories that pin it have it.
  image:
    "hashicorp/terraform:1.11.4@sha256:5820b87995595425074f881500a037b0ccd41158d0d9b44d78f5f120612f2d3d",
  imageHasDigest: true,
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
  // No digest: the only one found is that of one platform.
  image: "ghcr.io/opentofu/opentofu:1.10.6",
  files: hclFiles,
};
