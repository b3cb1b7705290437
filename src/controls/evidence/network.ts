/** Who lives where in the VPC: groups, subnets, routes, endpoints. */
import { isOwnAccount } from "./account.ts";
import { exactly, policyOf, type Statement } from "./policy.ts";
import { ofType, type Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import { rangesOfList } from "./traffic.ts";
import {
  blocksOf,
  leavesOf,
  mayBe,
  type Place,
  placesOf,
  Reference,
  type Resource,
  resourcesIn,
  showValue,
  textsOf,
  Unknown,
  type Value,
} from "./value.ts";

/** Whether the answers put an environment into a VPC that somebody else made. */
export const isGuest = ({ config }: Subject, root: TerraformRoot): boolean =>
  config?.environments[root.name]?.network.vpc === "existing";

/** Environments that make their VPC. Of a VPC that was there before, the text shows nothing, and that is noted. */
export function ownNetworks(subject: Subject, probe: Probe, what: string): TerraformRoot[] {
  return probe.environments(subject).filter((root) => {
    if (ofType(root, "aws_vpc").length > 0) return true;
    if (subject.from === "plan") return false;
    if (!isGuest(subject, root)) return true;
    probe.unresolved(root.place, `${what} of ${root.path}: the VPC is its owner's`, root.path);
    return false;
  });
}

/** IPv4 ranges of the VPC that an environment lives in. */
export function rangesOfVpc({ config }: Subject, root: TerraformRoot): string[] {
  const told = config?.environments[root.name]?.network;
  return [
    ...(told?.vpc === "existing" ? [told.cidr] : []),
    ...ofType(root, "aws_vpc", "aws_vpc_ipv4_cidr_block_association").flatMap((vpc) => [
      ...textsOf(vpc.get("cidr_block")),
      ...(vpc.type === "aws_vpc" ? [`\${${vpc.address}.cidr_block}`] : []),
    ]),
  ];
}

/**
 * What an argument names has to be made in this root, so that it is checked too.
 * @returns the resources of these types that it names
 */
export function madeHere(
  probe: Probe,
  resource: Resource,
  path: string,
  value: Value | undefined,
  place: Place,
  ...types: readonly string[]
): Resource[] {
  const leaves = leavesOf(value);
  if (leaves.length === 0)
    probe.wrong(place, `${resource.address}: ${path} is not set`, resource.root);
  return leaves.flatMap((leaf) => {
    if (leaf instanceof Reference && leaf.resource.mode === "managed") {
      if (
        probe.that(
          types.includes(leaf.resource.type),
          place,
          `${resource.address}: ${path} is ${leaf.name}, no ${types.join(" or ")}`,
          resource.root,
        )
      )
        return [leaf.resource];
    } else
      probe.unresolved(
        place,
        `${resource.address}: ${path} is ${showValue(leaf)}, made elsewhere: its rules are not in this repository`,
        resource.root,
      );
    return [];
  });
}

/** Values at a path through nested blocks, with their places. */
export function valuesAt(
  resource: Resource,
  path: string,
): { value: Value | undefined; place: Place }[] {
  const [head = "", ...rest] = path.split(".");
  let found: { value: Value | undefined; place: Place }[] = [
    { value: resource.get(head), place: resource.placeOf(head) },
  ];
  for (const name of rest)
    found = found.flatMap(({ value, place }) =>
      blocksOf(value).map((block) => {
        const known = placesOf(block);
        return { value: block[name], place: known?.arguments.get(name) ?? known?.self ?? place };
      }),
    );
  return found;
}

/** Security groups of the nodes, by their launch templates. */
export const groupsOfNodes = (root: TerraformRoot): Resource[] =>
  distinct(
    ofType(root, "aws_launch_template", "aws_instance").flatMap((template) =>
      ["network_interfaces.security_groups", "vpc_security_group_ids"].flatMap((path) =>
        valuesAt(template, path).flatMap(({ value }) => resourcesIn(value, "aws_security_group")),
      ),
    ),
  );

/** Security groups of the control plane, and the clusters, which stand for the group that EKS adds. */
export const groupsOfControlPlane = (root: TerraformRoot): Resource[] =>
  distinct(
    ofType(root, "aws_eks_cluster").flatMap((cluster) => [
      cluster,
      ...valuesAt(cluster, "vpc_config.security_group_ids").flatMap(({ value }) =>
        resourcesIn(value, "aws_security_group"),
      ),
    ]),
  );

export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** VPC endpoints of a root; a gateway is what says so or says nothing. */
export const endpointsOf = (root: TerraformRoot, kind: "Interface" | "Gateway"): Resource[] =>
  ofType(root, "aws_vpc_endpoint").filter((endpoint) => {
    const types = textsOf(endpoint.get("vpc_endpoint_type"));
    const isGateway = types.every((type) => type === "Gateway");
    return kind === "Gateway" ? isGateway : !isGateway && !types.includes("GatewayLoadBalancer");
  });

/**
 * Endpoints that an environment has to have. In a VPC of somebody else's they may be the owner's; whether they are
 * all there is the question of one Control, so that the others have nothing to say.
 */
export function endpointsToCheck(
  subject: Subject,
  probe: Probe,
  root: TerraformRoot,
  kind: "Interface" | "Gateway",
): Resource[] {
  const found = endpointsOf(root, kind);
  if (found.length === 0)
    probe.that(
      isGuest(subject, root),
      root.place,
      `${root.path} has no ${kind.toLowerCase()} endpoint (aws_vpc_endpoint)`,
      root.path,
    );
  return found;
}

/**
 * Every statement that allows something to pass an endpoint, from its own policy and from one beside it. Where there is
 * none, AWS lets everything pass, and that is noted; so is one that cannot be read.
 */
export function policiesOfEndpoint(
  probe: Probe,
  root: TerraformRoot,
  endpoint: Resource,
): Statement[] {
  const policies = [
    ...(endpoint.get("policy") === undefined || endpoint.get("policy") === null ? [] : [endpoint]),
    ...ofType(root, "aws_vpc_endpoint_policy").filter((each) =>
      mayBe(each.get("vpc_endpoint_id"), endpoint),
    ),
  ];
  probe.that(
    policies.length > 0,
    endpoint.place,
    `${endpoint.address} has no policy: AWS lets everyone do everything through it`,
    root.path,
  );
  return policies.flatMap((resource) => {
    const policy = policyOf(resource, "policy");
    if ("statements" in policy) return policy.statements.filter(({ effect }) => effect === "Allow");
    probe.unresolved(
      resource.placeOf("policy"),
      `${endpoint.address}: the policy cannot be read (${policy.unresolved})`,
      root.path,
    );
    return [];
  });
}

/** A route, alone or within its table. */
interface Route {
  resource: Resource;
  place: Place;
  tables: Resource[];
  /** Ranges; a prefix list that is not made here as `${…}`. */
  destinations: string[];
  /** An internet gateway, another way to the internet, anything else; `unknown` where the text does not say. */
  target: "internet gateway" | "way out" | "other" | "unknown";
}

const GATEWAYS = ["gateway_id", "carrier_gateway_id"];
const WAYS_OUT = ["nat_gateway_id", "egress_only_gateway_id"];

/** Every route of a root. */
export function routesOf(root: TerraformRoot): Route[] {
  const route = (
    resource: Resource,
    get: (name: string) => Value | undefined,
    tables: Resource[],
    at: (name: string) => Place,
  ): Route => ({
    resource,
    place: at(
      [...GATEWAYS, ...WAYS_OUT].find((name) => leavesOf(get(name)).some((leaf) => leaf !== "")) ??
        "",
    ),
    tables,
    destinations: [
      ...[
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
        "cidr_block",
        "ipv6_cidr_block",
      ].flatMap((name) => textsOf(get(name))),
      ...leavesOf(get("destination_prefix_list_id")).flatMap(
        (list) => rangesOfList(root, list) ?? [`\${${showValue(list)}}`],
      ),
    ],
    target: targetOf(get),
  });
  return [
    ...ofType(root, "aws_route").map((resource) =>
      route(
        resource,
        (name) => resource.get(name),
        resourcesIn(resource.get("route_table_id")).filter(({ mode }) => mode === "managed"),
        (name) => resource.placeOf(name),
      ),
    ),
    ...ofType(root, "aws_route_table", "aws_default_route_table").flatMap((table) =>
      leavesOf(table.get("route")).flatMap((value) =>
        value instanceof Unknown
          ? [
              route(
                table,
                () => value,
                [table],
                () => table.placeOf("route"),
              ),
            ]
          : blocksOf(value).map((block) =>
              route(
                table,
                (name) => block[name],
                [table],
                (name) => {
                  const known = placesOf(block);
                  return known?.arguments.get(name) ?? known?.self ?? table.placeOf("route");
                },
              ),
            ),
      ),
    ),
  ];
}

function targetOf(get: (name: string) => Value | undefined): Route["target"] {
  const gateways = GATEWAYS.flatMap((name) => leavesOf(get(name))).map((leaf) =>
    leaf instanceof Reference
      ? leaf.resource.type === "aws_internet_gateway"
        ? "internet gateway"
        : "other"
      : leaf instanceof Unknown
        ? "unknown"
        : String(leaf).startsWith("igw-")
          ? "internet gateway"
          : "other",
  );
  if (gateways.includes("internet gateway")) return "internet gateway";
  if (gateways.includes("unknown")) return "unknown";
  return WAYS_OUT.some((name) => leavesOf(get(name)).some((leaf) => leaf !== ""))
    ? "way out"
    : "other";
}

/** Where a thing has its interfaces. */
interface Residence {
  resource: Resource;
  value: Value | undefined;
  place: Place;
}

/** Subnets that nodes, pods and interface endpoints are put into. */
export const residencesOfNodes = (root: TerraformRoot): Residence[] =>
  [
    ...ofType(root, "aws_eks_node_group", "aws_eks_fargate_profile"),
    ...endpointsOf(root, "Interface"),
  ].map((resource) => ({
    resource,
    value: resource.get("subnet_ids"),
    place: resource.placeOf("subnet_ids"),
  }));

/** Subnets of the control plane's interfaces. */
export const residencesOfControlPlane = (root: TerraformRoot): Residence[] =>
  ofType(root, "aws_eks_cluster").flatMap((resource) =>
    valuesAt(resource, "vpc_config.subnet_ids").map((found) => ({ resource, ...found })),
  );

/** Route tables of subnets. A subnet has to name its table: the VPC's main one is whatever somebody makes of it. */
export function tablesOf(
  probe: Probe,
  root: TerraformRoot,
  residences: readonly Residence[],
): Resource[] {
  const subnets = distinct(
    residences.flatMap(({ resource, value, place }) =>
      madeHere(probe, resource, "subnet_ids", value, place, "aws_subnet", "aws_default_subnet"),
    ),
  );
  const associations = ofType(root, "aws_route_table_association");
  return distinct(
    subnets.flatMap((subnet) => {
      const own = associations.filter((each) =>
        resourcesIn(each.get("subnet_id")).includes(subnet),
      );
      probe.that(
        own.length > 0,
        subnet.place,
        `${subnet.address} is associated with no route table, so it follows the VPC's main one`,
        root.path,
      );
      return own.flatMap((each) =>
        madeHere(
          probe,
          each,
          "route_table_id",
          each.get("route_table_id"),
          each.placeOf("route_table_id"),
          "aws_route_table",
          "aws_default_route_table",
        ),
      );
    }),
  );
}

/** Routes of the subnets that something is put into, and those of which the text names no table. */
export function routesFrom(
  probe: Probe,
  root: TerraformRoot,
  residences: readonly Residence[],
): Route[] {
  const tables = tablesOf(probe, root, residences);
  return routesOf(root).filter(
    ({ tables: of }) => of.length === 0 || of.some((table) => tables.includes(table)),
  );
}

/** Whether a statement requires a condition key, such as aws:PrincipalAccount, to be the account of the root. */
export function isHeldTo(root: TerraformRoot, statement: Statement, variable: string): boolean {
  const values = exactly(statement, variable);
  return values?.length === 1 && values.every((value) => isOwnAccount(root, value));
}

/** The region that a root works in, where its provider says so in the text. */
export const regionOf = (root: TerraformRoot): string | undefined =>
  root.settings
    .filter(({ mode, type }) => mode === "provider" && type === "aws")
    .map((provider) => provider.get("region"))
    .find((value) => typeof value === "string");
