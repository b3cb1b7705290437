/** Fills in what nobody answered. */
import netmask from "netmask";
import type { Config, Egress, EnvironmentConfig, NodeGroupConfig, NodesConfig } from "./config.ts";
import type { OptionDeclaration } from "./declare.ts";
import { type Data, ENVIRONMENT_ONLY, getPath, setPath } from "./paths.ts";

const { Netmask } = netmask;

/** Environments that carry production traffic, by their name. */
export const isProduction = (environment: string): boolean =>
  /^(prod|production|live|prd)([0-9-]|$)/.test(environment);

/** Range of the n-th environment: 10.40.0.0/16, 10.41.0.0/16 … */
const defaultCidr = (index: number): string => `10.${40 + index}.0.0/16`;

const overlaps = (a: string, b: string): boolean => {
  try {
    const [left, right] = [new Netmask(a), new Netmask(b)];
    return left.contains(right) || right.contains(left);
  } catch {
    return false; // not a range: the check of the Config says so
  }
};

function defaultEgress(environment: string): Egress {
  return isProduction(environment) ? "nat-per-az" : "nat";
}

/** The first default range that no environment has taken. */
function freeCidr(taken: readonly string[], from: number): string {
  for (let index = from; index < from + 200; index += 1) {
    const candidate = defaultCidr(index % 200);
    if (!taken.some((cidr) => overlaps(cidr, candidate))) return candidate;
  }
  return defaultCidr(from); // all taken: reported as an overlap
}

/** Without what says nothing: absent values, and overrides of nothing. */
const defined = <T extends object>(data: T): T =>
  Object.fromEntries(
    Object.entries(data).filter(
      ([, value]) => value !== undefined && JSON.stringify(value) !== "{}",
    ),
  ) as T;

/**
 * The full Config. The input has passed the schema.
 * Every default is written out, so that a later version's new defaults do not change an existing repository.
 */
export function fillDefaults(
  declarations: readonly OptionDeclaration[],
  input: Readonly<Data>,
  fallbackName: string,
): Config {
  let full: Data = {};
  for (const declaration of declarations) {
    if (ENVIRONMENT_ONLY.includes(declaration.path)) continue;
    const value =
      getPath(input, declaration.path) ??
      (declaration.path === "name" ? fallbackName : declaration.default);
    if (value !== undefined) full = setPath(full, declaration.path, value);
  }
  const groups = getPath(input, "nodes.groups");
  if (groups !== undefined) full = setPath(full, "nodes.groups", groups);
  if (input.exceptions !== undefined) full.exceptions = input.exceptions;

  full.namespaces = Object.fromEntries(
    Object.entries(full.namespaces as Record<string, Data | null>).map(([name, entry]) => [
      name,
      { podSecurity: entry?.podSecurity ?? "restricted" },
    ]),
  );

  // A common answer for the network is written to each environment: the ranges differ anyway.
  const { network, ...rest } = full as Data & { network: Data };
  const said = (path: string): unknown => getPath(input, path);
  const given = full.environments as Record<string, Data | null>;
  const taken = Object.keys(given)
    .map((name) => said(`environments.${name}.network.cidr`))
    .filter((cidr): cidr is string => typeof cidr === "string");
  const environments: Record<string, EnvironmentConfig> = {};
  Object.entries(given).forEach(([name, value], index) => {
    const entry = (value ?? {}) as Partial<EnvironmentConfig>;
    const vpc = entry.network?.vpc ?? (network.vpc as "new" | "existing");
    // The range of a VPC that exists is a fact; nobody can choose it, and the check asks for it.
    const cidr = entry.network?.cidr ?? (vpc === "new" ? freeCidr(taken, index) : undefined);
    if (cidr !== undefined) taken.push(cidr);
    environments[name] = defined({
      accountId: entry.accountId,
      network: defined({
        vpc,
        cidr,
        egress:
          entry.network?.egress ??
          (said("network.egress") as Egress | undefined) ??
          defaultEgress(name),
      }),
      nodes: entry.nodes,
      access: entry.access,
      addons: entry.addons,
    }) as EnvironmentConfig;
  });
  return { ...rest, environments } as unknown as Config;
}

/** The node settings of one environment: the common ones with its overrides. */
export function nodesOf(config: Config, environment: EnvironmentConfig): NodesConfig {
  return override(config.nodes, environment.nodes ?? {});
}

/** Every node group of an environment by name, the first one called `default`. */
export function nodeGroupsOf(nodes: NodesConfig): [string, NodeGroupConfig][] {
  const { groups, ...first } = nodes;
  return [
    ["default", first],
    ...Object.entries(groups ?? {}).map(([name, over]): [string, NodeGroupConfig] => [
      name,
      override(first, over),
    ]),
  ];
}

/** Exact instance types do not outlive another profile, size or architecture on top of them. */
function override<T extends NodeGroupConfig>(under: T, over: Partial<T>): T {
  const merged = { ...under, ...over };
  if (!over.instanceTypes && (over.profile || over.size || over.arch)) delete merged.instanceTypes;
  return merged;
}
