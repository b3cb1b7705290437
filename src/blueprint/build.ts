/** Config to Blueprint: every decision is taken here. */
import {
  addonPin,
  chart,
  endpointServiceName,
  findKubernetesVersion,
  findRegion,
  type Region,
  sizing,
} from "../catalog/index.ts";
import { type Contribution, findFeature } from "../features/index.ts";
import type { Config, EnvironmentConfig, NodeGroupConfig } from "../options/config.ts";
import { isProduction, nodeGroupsOf, nodesOf } from "../options/defaults.ts";
import { planAccounts } from "./accounts.ts";
import { featuresOf } from "./check.ts";
import { estimateCost } from "./cost.ts";
import { exceptionsOf } from "./exceptions.ts";
import { planFiles } from "./files.ts";
import { missingAnswers } from "./missing.ts";
import { clusterName } from "./names.ts";
import { planZones, serviceCidr } from "./network.ts";
import { needsBootstrap, planPipelines } from "./pipelines.ts";
import { zoneIdsOf } from "./region.ts";
import type {
  AccountPlan,
  AddonPlan,
  Blueprint,
  EnvironmentPlan,
  NetworkPlan,
  NodeGroupPlan,
  WorkloadIdentityPlan,
} from "./types.ts";

/** All five; leaving one out is not an option. */
const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** Services that nodes of a private cluster call, whatever runs on them (facts §8). */
const BASE_ENDPOINTS = [
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "logs",
  "ssm",
  "ssmmessages",
  "sts",
];

const KEY = { deletionWindowDays: 30, rotation: true } as const;

/**
 * Takes every decision for a Config that has passed `checkConfig`.
 * The same Config gives the same Blueprint, on every machine and day.
 *
 * @param options.ejected the repository leaves the product: nothing in it names the tool any more
 */
export function buildBlueprint(
  config: Config,
  { ejected = false }: { ejected?: boolean } = {},
): Blueprint {
  const region = findRegion(config.region);
  if (region === undefined) throw new RangeError(`no region ${config.region}`);
  const accounts = planAccounts(config, region.partition);
  const environments = Object.entries(config.environments).map(([name, environment]) =>
    planEnvironment(config, region, name, environment, accounts),
  );
  const contributions = Object.entries(config.environments).flatMap(([name, environment]) =>
    contributionsOf(config, region, name, environment),
  );
  const version = findKubernetesVersion(config.kubernetes);
  const features = featuresOf(config);
  const draft = {
    ...(ejected ? {} : { product: true as const }),
    project: {
      name: config.name,
      contact: config.contact,
      repository: config.repository,
      awsProviderMajor: config.awsProvider,
      ci: config.ci,
      stateBackend: config.state.backend,
    },
    region: {
      name: region.name,
      title: region.title,
      partition: region.partition,
      dnsSuffix: region.dnsSuffix,
      zoneIds: zoneIdsOf(config, region),
    },
    kubernetes: {
      version: config.kubernetes,
      supportType: supportTypeOf(config),
      endOfStandardSupport: version?.endOfStandard,
      endOfExtendedSupport: version?.endOfExtended,
    },
    accounts,
    environments,
    platform: {
      namespaces: Object.entries(config.namespaces).map(([name, { podSecurity }]) => ({
        name,
        podSecurity,
      })),
      networkPolicy: {
        engine: config.networkPolicy,
        identity: config.identity,
        chart: chartOf(config.networkPolicy),
      },
      systemNamespaces: sorted(contributions.flatMap((entry) => entry.systemNamespaces ?? [])),
    },
    pipelines: planPipelines(config, accounts),
    bootstrap: needsBootstrap(config) ? true : undefined,
    runbooks: features.flatMap((id) => findFeature(id).runbooks ?? []),
    missingAnswers: missingAnswers(config, accounts, environments, region.partition),
    exceptions: exceptionsOf(config, accounts, contributions),
    cost: estimateCost(environments),
    features,
  } satisfies Omit<Blueprint, "files">;
  return { ...draft, files: planFiles(draft) };
}

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();

function chartOf(
  engine: Config["networkPolicy"],
): { repository: string; version: string } | undefined {
  const name = { calico: "tigera-operator", cilium: "cilium", "vpc-cni": undefined }[engine];
  if (name === undefined) return undefined;
  const { repository, version } = chart(name);
  return { repository, version };
}

const supportTypeOf = (config: Config): "STANDARD" | "EXTENDED" =>
  config.allowExtendedSupport ? "EXTENDED" : "STANDARD";

function contributionsOf(
  config: Config,
  region: Region,
  environmentName: string,
  environment: EnvironmentConfig,
): Contribution[] {
  const addons = environment.addons ?? config.addons;
  return featuresOf({ ...config, addons, environments: {} }).map((id) =>
    findFeature(id).contribute({ config, environment, environmentName, region }),
  );
}

function planEnvironment(
  config: Config,
  region: Region,
  name: string,
  environment: EnvironmentConfig,
  accounts: readonly AccountPlan[],
): EnvironmentPlan {
  const account = accounts.find((entry) => entry.environments.includes(name)) as AccountPlan;
  const contributions = contributionsOf(config, region, name, environment);
  const wishes = contributions.flatMap((entry) => entry.addons ?? []);
  const inPhase = (phase: "before-compute" | "after-compute"): AddonPlan[] =>
    wishes
      .filter((wish) => wish.phase === phase)
      .map((wish) => ({
        name: wish.name,
        version: addonPin(wish.name, config.kubernetes)?.version,
        configuration: wish.configuration,
        identity: wish.identity?.name,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  const access = { ...config.access, ...environment.access };
  const isPublic = access.endpoint === "restricted";
  const addons = {
    beforeCompute: inPhase("before-compute"),
    afterCompute: inPhase("after-compute"),
  };
  const identities = wishes
    .flatMap((wish) => wish.identity ?? [])
    .map(
      (wish): WorkloadIdentityPlan => ({
        name: wish.name,
        mode: config.identity,
        namespace: wish.namespace,
        serviceAccount: wish.serviceAccount,
        managedPolicies: [...wish.managedPolicies],
        usesVolumesKey: wish.usesVolumesKey ?? false,
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    name,
    clusterName: clusterName(config.name, name),
    account: account.name,
    accountId: environment.accountId,
    production: isProduction(name),
    network: planNetwork(config, region, environment, contributions),
    controlPlane: {
      version: config.kubernetes,
      supportType: supportTypeOf(config),
      publicEndpoint: isPublic,
      publicCidrs: isPublic ? (access.publicCidrs ?? []) : [],
      logTypes: LOG_TYPES,
      logRetentionDays: config.logs.retentionDays,
      admins: access.admins,
      deletionProtection: config.awsProvider === 6,
      serviceCidr: serviceCidr(environment.network.cidr),
      noZonalShift: region.partition === "aws" ? undefined : true,
      webhookPorts: webhookPortsOf(contributions),
    },
    nodeGroups: planNodeGroups(config, region.name, environment),
    addons,
    identities,
    secretsKey: KEY,
    volumesKey: KEY,
    logsKey: KEY,
    stateBucket: account.stateBucket,
    features: featuresOf({
      ...config,
      addons: environment.addons ?? config.addons,
      environments: {},
    }),
    tags: tagsOf(config, name),
    podIdentity: config.identity === "pod-identity" ? true : undefined,
    permissionsBoundary:
      needsBootstrap(config) && config.ci !== "none" ? `${config.name}-ci-boundary` : undefined,
    volumesKeyUsers: orAbsent(
      identities.filter((identity) => identity.usesVolumesKey).map((identity) => identity.name),
    ),
    nodeEgressRules: orAbsent(contributions.flatMap((entry) => entry.nodeEgressRules ?? [])),
    unpinnedAddons: orAbsent(
      [...addons.beforeCompute, ...addons.afterCompute]
        .filter((addon) => addon.version === undefined)
        .map((addon) => addon.name)
        .sort(),
    ),
  };
}

/** What most webhooks listen on; an explicit list replaces it, so it is repeated there. */
const USUAL_WEBHOOK_PORTS = [8443, 9443];

function webhookPortsOf(contributions: readonly Contribution[]): number[] | undefined {
  const wanted = contributions.flatMap((entry) => entry.webhookPorts ?? []);
  if (wanted.length === 0) return undefined;
  return [...new Set([...wanted, ...USUAL_WEBHOOK_PORTS])].sort((a, b) => a - b);
}

/** Templates test for presence, and an empty list is present. */
const orAbsent = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);

/** Tags of an environment's resources, or of an account's where no environment is named. */
function tagsOf(config: Config, environment: string): Record<string, string> {
  return {
    Project: config.name,
    Environment: environment,
    ...(config.contact === undefined ? {} : { Contact: config.contact }),
    ...(config.repository === undefined ? {} : { Repository: config.repository }),
  };
}

function planNetwork(
  config: Config,
  region: Region,
  environment: EnvironmentConfig,
  contributions: readonly Contribution[],
): NetworkPlan {
  const { network } = environment;
  const suffixes = sorted([
    ...BASE_ENDPOINTS,
    ...(config.identity === "pod-identity" ? ["eks-auth"] : []),
    ...contributions.flatMap((entry) => entry.interfaceEndpoints ?? []),
  ]);
  return {
    kind: network.vpc,
    ...(network.vpc === "existing" ? { existing: true } : {}),
    cidr: network.cidr,
    zones:
      network.vpc === "new"
        ? planZones(network.cidr, zoneIdsOf(config, region), network.egress !== "none")
        : [],
    egress: network.egress,
    interfaceEndpoints: suffixes,
    gatewayEndpoints: ["s3"],
    interfaceServices: Object.fromEntries(
      suffixes.map((suffix) => [suffix, endpointServiceName(suffix, region)]),
    ),
    flowLogRetentionDays: config.logs.retentionDays,
  };
}

function planNodeGroups(
  config: Config,
  region: string,
  environment: EnvironmentConfig,
): NodeGroupPlan[] {
  return nodeGroupsOf(nodesOf(config, environment)).map(([name, group]) =>
    planNodeGroup(name, region, group),
  );
}

function planNodeGroup(name: string, region: string, group: NodeGroupConfig): NodeGroupPlan {
  const architecture = group.arch === "arm" ? "arm64" : "x86_64";
  const amiType =
    group.os === "bottlerocket"
      ? `BOTTLEROCKET_${architecture === "arm64" ? "ARM_64" : "x86_64"}`
      : `AL2023_${architecture === "arm64" ? "ARM_64" : "x86_64"}_STANDARD`;
  return {
    name,
    instanceTypes: group.instanceTypes ?? sizing({ ...group, region }),
    architecture,
    amiType,
    operatingSystem: group.os,
    capacityType: group.capacity === "spot" ? "SPOT" : "ON_DEMAND",
    minSize: group.min,
    desiredSize: group.desired,
    maxSize: group.max,
    diskSizeGiB: group.disk,
    labels: Object.keys(group.labels ?? {}).length > 0 ? group.labels : undefined,
    taints: (group.taints ?? []).length > 0 ? group.taints : undefined,
  };
}
