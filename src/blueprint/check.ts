/** What a Config must hold beyond its schema, and what is allowed but worth a word. */
import {
  findInstanceType,
  findKubernetesVersion,
  findRegion,
  instanceTypeInRegion,
  instanceTypeNames,
  kubernetesVersions,
  nearest,
  type Region,
  regions,
  sizesOf,
  supportStatus,
  usableZoneIds,
} from "../catalog/index.ts";
import { declarations, features, findFeature } from "../features/index.ts";
import type { Config, EnvironmentConfig, NodeGroupConfig } from "../options/config.ts";
import { isProduction, nodeGroupsOf, nodesOf } from "../options/defaults.ts";
import type { Problem } from "../options/layers.ts";
import { checkSchema } from "../options/validate.ts";
import { longestNames } from "./names.ts";
import { rangeKind, rangeProblem, rangesOverlap, VPC_PREFIX } from "./network.ts";
import { zoneIdsOf } from "./region.ts";

export interface CheckResult {
  problems: Problem[];
  /** Allowed, but the user should know: shown once, never fatal. */
  warnings: Problem[];
}

type Report = (path: string, message: string, mend: string) => void;

const RESERVED_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Names that Windows cannot check out as folders. */
const DEVICE_NAMES = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Checks a full Config against the schema and, where that holds, against everything else. */
export function checkWhole(config: Config, today: string): CheckResult {
  const problems = checkSchema(declarations, config);
  return problems.length > 0 ? { problems, warnings: [] } : checkConfig(config, today);
}

/**
 * Checks a full Config that has passed the schema.
 *
 * @param today ISO date against which support of the Kubernetes version is judged
 */
export function checkConfig(config: Config, today: string): CheckResult {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  // A common answer is checked for each environment that uses it, and reported once.
  const into =
    (list: Problem[]): Report =>
    (path, message, mend) => {
      if (!list.some((entry) => entry.path === path && entry.message === message))
        list.push({ path, message, mend });
    };
  const refuse = into(problems);
  const warn = into(warnings);

  const region = findRegion(config.region);
  if (region === undefined) {
    const near = nearest(
      config.region,
      regions.map((entry) => entry.name),
    );
    refuse(
      "region",
      `${config.region} does not exist`,
      near === undefined ? "see `create-hardened-eks options`" : `did you mean ${near}?`,
    );
  } else {
    checkRegion(config, region, refuse, warn);
  }
  checkVersion(config, today, refuse, warn);
  checkNames(config, refuse);
  checkRanges(config, refuse, warn);
  for (const [name, environment] of Object.entries(config.environments)) {
    checkAccess(config, name, environment, refuse, warn);
    checkNodes(config, name, environment, refuse, warn);
  }
  const systemNamespaces = region === undefined ? [] : systemNamespacesOf(config, region);
  for (const [name, namespace] of Object.entries(config.namespaces)) {
    if (RESERVED_NAMESPACES.includes(name) || name.startsWith("kube-"))
      refuse(`namespaces.${name}`, "belongs to Kubernetes", "name a namespace of your own");
    else if (systemNamespaces.includes(name))
      refuse(`namespaces.${name}`, "belongs to an add-on", "name a namespace of your own");
    if (DEVICE_NAMES.test(name))
      refuse(`namespaces.${name}`, "is a device name on Windows", "choose another name");
    if (namespace.podSecurity !== "restricted")
      warn(
        `namespaces.${name}.podSecurity`,
        `${namespace.podSecurity} is weaker than restricted`,
        "recorded as an exception",
      );
  }
  return { problems, warnings };
}

function systemNamespacesOf(config: Config, region: Region): string[] {
  return Object.entries(config.environments).flatMap(([environmentName, environment]) =>
    featuresOf(config).flatMap(
      (id) =>
        findFeature(id).contribute({ config, environment, environmentName, region })
          .systemNamespaces ?? [],
    ),
  );
}

function checkRegion(config: Config, region: Region, refuse: Report, warn: Report): void {
  const usable = usableZoneIds(region);
  const zones = zoneIdsOf(config, region);
  if (config.zones !== undefined) {
    if (config.zones.length > 3)
      refuse("zones", `${config.zones.length} zones are more than three`, "name two or three");
    for (const zone of config.zones) {
      if (region.avoidZoneIds.includes(zone))
        refuse("zones", `EKS has no control plane in ${zone}`, `use ${usable.join(", ")}`);
      else if (region.zoneIds.length > 0 && !region.zoneIds.includes(zone))
        refuse("zones", `${zone} is not in ${region.name}`, `use ${usable.join(", ")}`);
    }
  } else if (zones.length < 2) {
    refuse(
      "region",
      `the zone ids of ${region.name} that EKS accepts are not in the catalog`,
      "name two or three with --set zones=<id>,<id> (aws ec2 describe-availability-zones)",
    );
  } else if (zones.length < 3) {
    warn(
      "region",
      `${region.name} has only ${zones.length} zones that EKS accepts`,
      "the loss of one zone leaves a single one; a region with three is safer",
    );
  }
  const wanted = new Set([
    ...config.addons,
    ...Object.values(config.environments).flatMap((entry) => entry.addons ?? []),
  ]);
  for (const id of wanted) {
    const { partitions, title } = findFeature(id);
    if (partitions !== undefined && !partitions.includes(region.partition))
      refuse(
        "addons",
        `${title} is not offered in ${region.partition}`,
        `leave ${id} out: --addons ${config.addons.filter((entry) => entry !== id).join(",") || "none"}`,
      );
  }
}

function checkVersion(config: Config, today: string, refuse: Report, warn: Report): void {
  const { kubernetes } = config;
  const known = findKubernetesVersion(kubernetes);
  const newest = kubernetesVersions[0]?.version ?? kubernetes;
  const supported = kubernetesVersions
    .filter((entry) => supportStatus(entry.version, today) === "standard")
    .map((entry) => entry.version)
    .join(", ");
  switch (supportStatus(kubernetes, today)) {
    case "standard": {
      const end = known?.endOfStandard ?? "";
      const days = Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000);
      if (days < 60)
        warn(
          "kubernetes",
          `${kubernetes} leaves standard support on ${end}, in ${days} days`,
          `choose one of ${supported
            .split(", ")
            .filter((entry) => entry !== kubernetes)
            .join(", ")}`,
        );
      break;
    }
    case "extended":
      if (!config.allowExtendedSupport)
        refuse(
          "kubernetes",
          `${kubernetes} left standard support on ${known?.endOfStandard}; extended support costs six times as much`,
          `choose one of ${supported}, or accept it with --allow-extended-support`,
        );
      break;
    case "unsupported":
      refuse(
        "kubernetes",
        `${kubernetes} is out of support${known ? ` since ${known.endOfExtended}` : ""}`,
        `choose one of ${supported}`,
      );
      break;
    case "unknown":
      if (minorOf(kubernetes) < minorOf(newest))
        refuse("kubernetes", `${kubernetes} is out of support`, `choose one of ${supported}`);
      else if (!config.allowUnknownVersion)
        refuse(
          "kubernetes",
          `${kubernetes} is newer than this version knows (${newest})`,
          `choose one of ${supported}, or accept it with --allow-unknown-version`,
        );
      else
        warn(
          "kubernetes",
          `${kubernetes} is unknown here: its add-on versions become required variables`,
          "fill them in before the first plan",
        );
  }
}

const minorOf = (version: string): number => Number(version.split(".")[1]);

function checkNames(config: Config, refuse: Report): void {
  for (const name of Object.keys(config.environments))
    if (DEVICE_NAMES.test(name))
      refuse(`environments.${name}`, "is a device name on Windows", "choose another name");
    else if (name === "ci" || name.startsWith("ci-"))
      refuse(
        `environments.${name}`,
        "its roles would be named like those of the pipeline",
        "choose another name",
      );
  if (config.name.includes("--") || /^(xn-|sthree-|amzn-s3-demo-)/.test(config.name))
    refuse(
      "name",
      "S3 refuses doubled hyphens, and names that start with xn-, sthree- or amzn-s3-demo-",
      "choose another name",
    );
  const { repository } = config;
  if (repository?.split("/").some((part) => /^(\.{1,2}|-.*)$/.test(part)))
    refuse("repository", `${repository} is no repository`, "write it like acme/platform");
  else if (config.ci === "github" && repository !== undefined && repository.split("/").length !== 2)
    refuse("repository", `${repository} is no repository on GitHub`, "write it as owner/name");
  for (const { what, name, limit } of longestNames(config))
    if (name.length > limit)
      refuse(
        "name",
        `${what} would be ${JSON.stringify(name)}, ${name.length} characters; AWS allows ${limit}`,
        `shorten --name by ${name.length - limit}`,
      );
}

function checkRanges(config: Config, refuse: Report, warn: Report): void {
  const entries = Object.entries(config.environments);
  const sound = entries.filter(([name, { network }]) => {
    const path = `environments.${name}.network.cidr`;
    if (network.cidr === undefined) {
      refuse(
        path,
        `the range of the VPC of ${name} is not known`,
        `give the one it has: --set ${path}=10.0.0.0/16`,
      );
      return false;
    }
    const wrong = rangeProblem(network.cidr);
    if (wrong !== undefined) {
      refuse(path, `${network.cidr} ${wrong}`, "write it like 10.40.0.0/16");
      return false;
    }
    const kind = rangeKind(network.cidr);
    if (kind === "reserved")
      refuse(path, `${network.cidr} is reserved`, "use a private range such as 10.40.0.0/16");
    if (kind === "public")
      warn(path, `${network.cidr} holds public addresses`, "pods cannot reach their real owners");
    const prefix = Number(network.cidr.split("/")[1]);
    if (network.vpc === "new" && prefix > VPC_PREFIX.narrowest)
      refuse(
        path,
        `${network.cidr} is too small for subnets in three zones`,
        `use /${VPC_PREFIX.widest} to /${VPC_PREFIX.narrowest}`,
      );
    if (network.vpc === "new" && prefix < VPC_PREFIX.widest)
      refuse(path, `${network.cidr} is wider than AWS allows`, `use /${VPC_PREFIX.widest} or less`);
    if (network.egress === "none" && config.networkPolicy !== "vpc-cni")
      warn(
        `environments.${name}.network.egress`,
        `without egress the images of ${findFeature(config.networkPolicy).title} must come from a registry inside AWS`,
        "mirror them into ECR first: docs/runbooks/mirror-images.md",
      );
    return true;
  });
  sound.forEach(([name, { network }], index) => {
    for (const [other, { network: before }] of sound.slice(0, index))
      if (rangesOverlap(network.cidr, before.cidr))
        refuse(
          `environments.${name}.network.cidr`,
          `${network.cidr} overlaps ${before.cidr} of ${other}`,
          `give one of them another range: --set environments.${name}.network.cidr=…`,
        );
  });
}

function checkAccess(
  config: Config,
  name: string,
  environment: EnvironmentConfig,
  refuse: Report,
  warn: Report,
): void {
  const access = { ...config.access, ...environment.access };
  const path = environment.access ? `environments.${name}.access` : "access";
  const cidrs = access.publicCidrs ?? [];
  if (access.endpoint === "restricted" && cidrs.length === 0)
    refuse(
      `${path}.publicCidrs`,
      "a restricted endpoint needs the ranges that may reach it",
      "list them with --public-cidrs, or use --endpoint private",
    );
  // Ranges said at the level that says private contradict it; inherited ones just do not count.
  const saidHere = environment.access ?? config.access;
  const isOpenSomewhere = Object.values(config.environments).some(
    (entry) => entry.access?.endpoint === "restricted",
  );
  if (
    access.endpoint === "private" &&
    (saidHere.publicCidrs ?? []).length > 0 &&
    (environment.access?.publicCidrs !== undefined || !isOpenSomewhere)
  )
    refuse(
      `${path}.publicCidrs`,
      "a private endpoint has no public ranges",
      "leave them out, or use --endpoint restricted",
    );
  for (const cidr of cidrs) {
    const wrong = rangeProblem(cidr);
    if (wrong !== undefined) refuse(`${path}.publicCidrs`, `${cidr} ${wrong}`, "correct the range");
    else if (Number(cidr.split("/")[1]) < 8)
      refuse(
        `${path}.publicCidrs`,
        `${cidr} opens the Kubernetes API to the internet`,
        "list the ranges of your offices or VPN, /8 at the widest",
      );
    else if (rangeKind(cidr) !== "public")
      refuse(
        `${path}.publicCidrs`,
        `${cidr} is no public range, nobody arrives from it`,
        "list the addresses that your offices or VPN leave from",
      );
  }
  const partition = findRegion(config.region)?.partition;
  for (const arn of access.admins ?? [])
    if (partition !== undefined && !arn.startsWith(`arn:${partition}:`))
      refuse(
        `${path}.admins`,
        `${arn} is of another partition than ${config.region}`,
        `roles here start with arn:${partition}:iam::`,
      );
  if (access.endpoint === "restricted")
    warn(
      `${path}.endpoint`,
      `the API of ${name} is reachable from ${cidrs.join(", ")}`,
      "recorded as an exception",
    );
}

function checkNodes(
  config: Config,
  name: string,
  environment: EnvironmentConfig,
  refuse: Report,
  warn: Report,
): void {
  const nodes = nodesOf(config, environment);
  const path = environment.nodes ? `environments.${name}.nodes` : "nodes";
  if (nodes.groups?.default !== undefined)
    refuse(`${path}.groups.default`, "is the name of the first group", "choose another name");
  nodeGroupsOf(nodes).forEach(([group, settings], index) => {
    const place = index === 0 ? path : `${path}.groups.${group}`;
    checkGroup(settings, config.region, place, name, refuse, warn);
  });
}

function checkGroup(
  group: NodeGroupConfig,
  region: string,
  path: string,
  environment: string,
  refuse: Report,
  warn: Report,
): void {
  if (group.min > group.desired || group.desired > group.max)
    refuse(
      `${path}`,
      `min ${group.min}, desired ${group.desired}, max ${group.max} are out of order`,
      "keep min ≤ desired ≤ max: --node-min, --node-desired, --node-max",
    );
  if (group.max < 1)
    refuse(`${path}.max`, "a group of at most 0 nodes", "set --node-max to 1 or more");
  const arch = group.arch === "arm" ? "arm64" : "x86_64";
  if (group.instanceTypes === undefined) {
    if (!sizesOf(group.profile).includes(group.size))
      refuse(
        `${path}.size`,
        `there is no ${group.size} in the ${group.profile} profile`,
        `use ${sizesOf(group.profile).join(", ")}`,
      );
    if (group.profile === "burstable" && isProduction(environment))
      warn(
        `${path}.profile`,
        `burstable nodes run out of CPU credits in ${environment}`,
        "use general for production",
      );
    return;
  }
  for (const type of group.instanceTypes) {
    const facts = findInstanceType(type);
    if (facts === undefined) {
      const near = nearest(type, instanceTypeNames);
      refuse(
        `${path}.instanceTypes`,
        `${type} is not in the catalog`,
        near === undefined ? "see the instance types of EC2" : `did you mean ${near}?`,
      );
    } else if (facts.arch !== arch) {
      refuse(
        `${path}.instanceTypes`,
        `${type} is ${facts.arch}, the nodes are ${arch}`,
        `use --node-arch ${facts.arch === "arm64" ? "arm" : "x86"}`,
      );
    } else if (instanceTypeInRegion(type, region) === "no") {
      warn(
        `${path}.instanceTypes`,
        `${region} had no ${type} when the catalog was made`,
        "check with aws ec2 describe-instance-type-offerings",
      );
    }
  }
}

/** Ids of the features a Config uses, sorted. */
export function featuresOf(config: Config): string[] {
  const wanted = new Set([
    config.networkPolicy,
    ...config.addons,
    ...Object.values(config.environments).flatMap((entry) => entry.addons ?? []),
  ]);
  return features
    .filter((feature) => feature.kind === "core" || wanted.has(feature.id))
    .map((feature) => feature.id)
    .sort();
}
