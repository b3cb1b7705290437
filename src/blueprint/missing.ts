import type { Config } from "../options/config.ts";
import { needsBootstrap } from "./pipelines.ts";
import type { AccountPlan, EnvironmentPlan, MissingAnswer } from "./types.ts";

/** The Terraform variables that stay without a default because no answer gave them. */
export function missingAnswers(
  config: Config,
  accounts: readonly AccountPlan[],
  environments: readonly EnvironmentPlan[],
  partition: string,
): MissingAnswer[] {
  const rootsWhere = (test: (environment: EnvironmentPlan) => boolean): string[] =>
    environments.filter(test).map(({ name }) => `environments/${name}`);
  const hasBootstrap = needsBootstrap(config);
  const hasPipelines = hasBootstrap && config.ci !== "none";
  const existing = rootsWhere(({ network }) => network.kind === "existing");
  const unpinned = [...new Set(environments.flatMap((entry) => entry.unpinnedAddons ?? []))].sort();
  const candidates: MissingAnswer[] = [
    {
      variable: "account_id",
      roots: [
        ...accounts
          .filter((entry) => entry.accountId === undefined)
          .map((entry) => `accounts/${entry.name}`),
        ...rootsWhere((entry) => entry.accountId === undefined),
        ...(hasBootstrap && accounts.some((entry) => entry.accountId === undefined)
          ? ["bootstrap"]
          : []),
      ],
      how: "The 12-digit id of the AWS account.",
      standIn: "111122223333",
    },
    {
      variable: "admin_role_arns",
      roots: rootsWhere((entry) => entry.controlPlane.admins === undefined),
      how: "ARNs of the IAM roles that administer the cluster, at least one.",
      standIn: [`arn:${partition}:iam::111122223333:role/platform-admin`],
    },
    {
      variable: "vpc_id",
      roots: existing,
      how: "Id of the VPC that exists.",
      standIn: "vpc-0123456789abcdef0",
    },
    {
      variable: "private_subnet_ids",
      roots: existing,
      how: "Ids of the private subnets of the nodes, in two or three zones.",
      standIn: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    },
    {
      variable: "intra_subnet_ids",
      roots: existing,
      how: "Ids of the subnets of the control plane's interfaces, in two or three zones.",
      standIn: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
    },
    {
      variable: "private_route_table_ids",
      roots: existing,
      how: "Ids of the route tables of the private subnets.",
      standIn: ["rtb-0123456789abcdef0"],
    },
    {
      variable: "addon_versions",
      roots: rootsWhere((entry) => entry.unpinnedAddons !== undefined),
      how: `Versions of ${unpinned.join(", ")}: aws eks describe-addon-versions --kubernetes-version ${config.kubernetes}.`,
      standIn: Object.fromEntries(unpinned.map((name) => [name, "v1.0.0-eksbuild.1"])),
    },
    {
      variable: "key_admin_role_arns",
      roots: [
        ...accounts
          .filter((entry) => entry.keyAdmins === undefined)
          .map((entry) => `accounts/${entry.name}`),
        ...(hasBootstrap && accounts.some((entry) => entry.keyAdmins === undefined)
          ? ["bootstrap"]
          : []),
      ],
      how: "ARNs of IAM roles that administer the KMS keys, at least one; they must exist.",
      standIn: [`arn:${partition}:iam::111122223333:role/platform-admin`],
    },
    {
      variable: "alert_email",
      roots: config.contact === undefined ? accounts.map(({ name }) => `accounts/${name}`) : [],
      how: "Who gets the security alerts by mail; null where something else subscribes to the topic.",
      standIn: "platform@example.com",
    },
    {
      variable: "guardduty_detector_id",
      roots: accounts
        .filter((entry) => entry.guardDuty?.detector === "existing")
        .map((entry) => `accounts/${entry.name}`),
      how: "Id of the detector that exists: aws guardduty list-detectors.",
      standIn: "0123456789abcdef0123456789abcdef",
    },
    {
      variable: "repository",
      roots: hasPipelines && config.repository === undefined ? ["bootstrap"] : [],
      how: "The path of this repository on the CI system, such as acme/platform.",
      standIn: "owner/name",
    },
    {
      variable: "repository_ids",
      roots: hasPipelines && config.ci === "github" ? ["bootstrap"] : [],
      how: "Numeric ids of the repository and its owner; docs/runbooks/bootstrap.md has the command.",
      standIn: { owner: "123456", repository: "456789" },
    },
  ];
  return candidates.filter(({ roots }) => roots.length > 0);
}
