/**
 * The Config: the user's answers, as `hardened-eks.yaml` holds them.
 * Plain JSON data. `ConfigInput` is what a user may write; `Config` is the same with every default filled in.
 */

export type Iac = "terraform" | "opentofu";
export type AwsProviderMajor = 5 | 6;
export type Egress = "nat-per-az" | "nat" | "none";
export type EndpointAccess = "private" | "restricted";
export type NodeProfile = "general" | "compute" | "memory" | "burstable";
export type NodeSize = "large" | "xlarge" | "2xlarge" | "4xlarge";
export type NodeArch = "x86" | "arm";
export type NodeOs = "bottlerocket" | "al2023";
export type NodeCapacity = "on-demand" | "spot";
export type Identity = "irsa" | "pod-identity";
export type PodSecurity = "restricted" | "baseline" | "privileged";
export type NetworkPolicyEngine = "calico" | "cilium" | "vpc-cni";
export type CiSystem = "github" | "gitlab" | "none";
export type Compute = "managed";
export type VpcKind = "new" | "existing";
export type StateBackend = "s3" | "local";
export type DetectorMode = "create" | "existing" | "delegated";
export type TaintEffect = "NO_SCHEDULE" | "NO_EXECUTE" | "PREFER_NO_SCHEDULE";

export interface Taint {
  key: string;
  value?: string;
  effect: TaintEffect;
}

/** One managed node group. `nodes` itself is the first one, named `default`; `nodes.groups` adds more. */
export interface NodeGroupConfig {
  profile: NodeProfile;
  size: NodeSize;
  arch: NodeArch;
  /** Exact EC2 types; they replace what profile and size would choose. */
  instanceTypes?: string[];
  min: number;
  desired: number;
  max: number;
  os: NodeOs;
  capacity: NodeCapacity;
  /** GiB of the data volume (Bottlerocket) or of the root volume (AL2023). */
  disk: number;
  labels?: Record<string, string>;
  taints?: Taint[];
}

export interface NodesConfig extends NodeGroupConfig {
  groups?: Record<string, Partial<NodeGroupConfig>>;
}

export interface NetworkConfig {
  vpc: VpcKind;
  /** The VPC's IPv4 range: chosen for a new VPC, told for an existing one. */
  cidr: string;
  egress: Egress;
}

export interface AccessConfig {
  endpoint: EndpointAccess;
  publicCidrs?: string[];
  /** IAM role ARNs that become cluster administrators; absent: a required Terraform variable. */
  admins?: string[];
}

export interface EnvironmentConfig {
  accountId?: string;
  network: NetworkConfig;
  nodes?: Partial<NodesConfig>;
  access?: Partial<AccessConfig>;
  addons?: string[];
}

export interface NamespaceConfig {
  podSecurity: PodSecurity;
}

/** A Control that is not met, and accepted until a day. */
export interface ExceptionConfig {
  reason: string;
  owner: string;
  /** ISO date; from the day after, the Control is not met again. */
  expires: string;
}

export interface Config {
  name: string;
  iac: Iac;
  awsProvider: AwsProviderMajor;
  region: string;
  /** Zone ids of the subnets; absent: the region's first three that EKS accepts. */
  zones?: string[];
  kubernetes: string;
  contact?: string;
  repository?: string;
  environments: Record<string, EnvironmentConfig>;
  access: AccessConfig;
  compute: Compute;
  nodes: NodesConfig;
  identity: Identity;
  namespaces: Record<string, NamespaceConfig>;
  networkPolicy: NetworkPolicyEngine;
  addons: string[];
  guardduty: { detector: DetectorMode; ebsMalware: boolean };
  state: { backend: StateBackend };
  logs: { retentionDays: number };
  ci: CiSystem;
  allowExtendedSupport: boolean;
  allowUnknownVersion: boolean;
  /** By id of the Control. */
  exceptions?: Record<string, ExceptionConfig>;
}

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;

/** What a file, a flag or a prompt may give: any part of a Config. */
export type ConfigInput = DeepPartial<Config>;
