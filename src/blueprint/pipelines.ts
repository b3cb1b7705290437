import type { Config } from "../options/config.ts";
import { isProduction } from "../options/defaults.ts";
import type { AccountPlan, PipelinePlan } from "./types.ts";

/** The state bucket, and the roles of pipelines, which apply nothing without it. */
export const needsBootstrap = (config: Config): boolean => config.state.backend === "s3";

/** The order of promotion: as declared, production last. */
export function planPipelines(config: Config, accounts: readonly AccountPlan[]): PipelinePlan {
  const names = Object.keys(config.environments);
  const order = [
    ...names.filter((name) => !isProduction(name)),
    ...names.filter((name) => isProduction(name)),
  ];
  const accountOf = (name: string): string =>
    (accounts.find((account) => account.environments.includes(name)) as AccountPlan).name;
  const variableOf = (name: string): string =>
    `ACCOUNT_ID_${name.replaceAll("-", "_").toUpperCase()}`;
  // An account comes just before the first environment in it, so that production's waits for the others.
  const seen = new Set<string>();
  const stages = order
    .flatMap((name) => {
      const account = accountOf(name);
      const accountId = config.environments[name]?.accountId;
      const isFirst = !seen.has(account);
      seen.add(account);
      return [
        ...(isFirst ? [{ root: `accounts/${account}`, name: account, accountId }] : []),
        { root: `environments/${name}`, name, accountId },
      ];
    })
    .map(({ root, name, accountId }) => ({
      id: root.replace("/", "-"),
      root,
      environment: name,
      accountId,
      accountVariable: variableOf(accountOf(name)),
    }));
  return {
    system: config.ci,
    order,
    stages: stages.map((stage, index) => ({ ...stage, needs: stages[index - 1]?.id })),
    roots: [
      ...(needsBootstrap(config)
        ? [{ path: "bootstrap", kind: "bootstrap", name: "bootstrap" } as const]
        : []),
      ...accounts.map(
        (account) =>
          ({
            path: `accounts/${account.name}`,
            kind: "account",
            name: account.name,
            account: account.name,
          }) as const,
      ),
      ...order.map(
        (name) =>
          ({
            path: `environments/${name}`,
            kind: "environment",
            name,
            account: accountOf(name),
          }) as const,
      ),
    ],
  };
}
