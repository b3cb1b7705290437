import type { Config } from "../options/config.ts";
import type { AccountPlan, MissingAnswer } from "./types.ts";

/** The Terraform variables that stay without a default because no answer gave them. */
export function missingAnswers(
  config: Config,
  accounts: readonly AccountPlan[],
  partition: string,
): MissingAnswer[] {
  const environments = Object.entries(config.environments);
  const missing: MissingAnswer[] = [];
  const roots = [
    ...accounts
      .filter((entry) => entry.accountId === undefined)
      .map((entry) => `accounts/${entry.name}`),
    ...environments
      .filter(([, entry]) => entry.accountId === undefined)
      .map(([name]) => `environments/${name}`),
  ];
  if (roots.length > 0)
    missing.push({
      variable: "account_id",
      roots,
      how: "The 12-digit id of the AWS account.",
      standIn: "111122223333",
    });
  const withoutAdmins = environments
    .filter(([, entry]) => ({ ...config.access, ...entry.access }).admins === undefined)
    .map(([name]) => `environments/${name}`);
  if (withoutAdmins.length > 0)
    missing.push({
      variable: "admin_role_arns",
      roots: withoutAdmins,
      how: "ARNs of the IAM roles that administer the cluster, at least one.",
      standIn: [`arn:${partition}:iam::111122223333:role/platform-admin`],
    });
  if (config.ci !== "none" && config.repository === undefined)
    missing.push({
      variable: "repository",
      roots: ["bootstrap"],
      how: "The path of this repository on the CI system, such as acme/platform.",
      standIn: "owner/name",
    });
  return missing;
}
