/** The files of the two HCL targets, which differ in name and version only. */
import type { Blueprint, FileSpec } from "../../blueprint/types.ts";
import type { Target } from "./target.ts";

const merged = (template: string, path: string): FileSpec => ({ template, path, owner: "merged" });

export function hclFiles(_blueprint: Blueprint): FileSpec[] {
  return [
    merged("terraform/modules/", "modules/"),
    merged("terraform/bootstrap/", "bootstrap/"),
    merged("terraform/account/", "accounts/__account__/"),
    merged("terraform/environment/", "environments/__environment__/"),
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
  files: hclFiles,
};
