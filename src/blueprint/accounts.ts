import { findAddon, type Partition } from "../catalog/index.ts";
import type { Config } from "../options/config.ts";
import { stateBucketName } from "./names.ts";
import type { AccountPlan, GuardDutyPlan } from "./types.ts";

/**
 * Environments that name the same account share its folder, called after the first of them.
 * Without an account id an environment stands alone: two folders can be joined later, one cannot be split.
 */
export function planAccounts(config: Config, partition: Partition): AccountPlan[] {
  const accounts: AccountPlan[] = [];
  for (const [name, { accountId }] of Object.entries(config.environments)) {
    const known = accounts.find(
      (account) => accountId !== undefined && account.accountId === accountId,
    );
    if (known) known.environments.push(name);
    else accounts.push(planAccount(config, name, accountId));
  }
  return accounts.map((account) => ({
    keyAdmins: keyAdminsOf(config, account),
    ...account,
    guardDuty: planGuardDuty(config, account, partition),
  }));
}

/** Whoever administers all clusters of an account administers its keys; one unknown leaves the question open. */
function keyAdminsOf(config: Config, { environments }: AccountPlan): string[] | undefined {
  const admins = environments.map(
    (name) => ({ ...config.access, ...config.environments[name]?.access }).admins,
  );
  const known = admins.filter((entry) => entry !== undefined);
  return known.length === admins.length ? [...new Set(known.flat())] : undefined;
}

function planGuardDuty(
  config: Config,
  account: AccountPlan,
  partition: Partition,
): GuardDutyPlan | undefined {
  const isWanted = account.environments.some((name) =>
    (config.environments[name]?.addons ?? config.addons).includes("guardduty"),
  );
  if (!isWanted) return undefined;
  const hasAgent = findAddon("aws-guardduty-agent")?.partitions.includes(partition) === true;
  return {
    ...config.guardduty,
    existing: config.guardduty.detector === "existing" ? true : undefined,
    noRuntimeMonitoring: hasAgent ? undefined : true,
  };
}

const planAccount = (config: Config, name: string, accountId: string | undefined): AccountPlan => ({
  name,
  accountId,
  environments: [name],

  stateBucket:
    accountId === undefined || config.state.backend === "local"
      ? undefined
      : stateBucketName(config.name, accountId, config.region),
});
