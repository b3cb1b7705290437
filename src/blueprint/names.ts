/** Every name derived from the project's, and AWS's limits for it. */
import type { Config } from "../options/config.ts";

/** Cluster of an environment; roles, log groups and keys start with it. */
export const clusterName = (project: string, environment: string): string =>
  `${project}-${environment}`;

/** State bucket of an account. */
export const stateBucketName = (project: string, accountId: string, region: string): string =>
  `${project}-tfstate-${accountId}-${region}`;

/** Longest suffix that a module appends to the cluster's name for an IAM role. */
const LONGEST_ROLE_SUFFIX = "-metrics-server";

/** The longest derived name of each kind, to be held against AWS's limit. */
export function longestNames(config: Config): { what: string; name: string; limit: number }[] {
  const longestEnvironment = Object.keys(config.environments).reduce(
    (a, b) => (b.length > a.length ? b : a),
    "",
  );
  const cluster = clusterName(config.name, longestEnvironment);
  return [
    {
      what: "an IAM role of the cluster",
      name: `${cluster}${LONGEST_ROLE_SUFFIX}`,
      limit: 64,
    },
    ...(config.state.backend === "s3"
      ? [
          {
            what: "the state bucket",
            name: stateBucketName(config.name, "000000000000", config.region),
            limit: 63,
          },
        ]
      : []),
  ];
}
