import type { Config } from "../options/config.ts";
import { isProduction } from "../options/defaults.ts";
import type { AccountPlan, PipelinePlan } from "./types.ts";

/** Without remote state and without pipelines there is nothing to bootstrap. */
export const needsBootstrap = (config: Config): boolean =>
  config.state.backend !== "local" || config.ci !== "none";

/** The order of promotion: as declared, production last. */
export function planPipelines(config: Config, accounts: readonly AccountPlan[]): PipelinePlan {
  const names = Object.keys(config.environments);
  const order = [
    ...names.filter((name) => !isProduction(name)),
    ...names.filter((name) => isProduction(name)),
  ];
  const accountOf = (name: string): string =>
    (accounts.find((account) => account.environments.includes(name)) as AccountPlan).name;
  return {
    system: config.ci,
    order,
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
