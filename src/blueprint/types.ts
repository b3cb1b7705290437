/**
 * The Blueprint: every decision taken, as data. It speaks AWS and Kubernetes, never Terraform,
 * and knows nothing of the target that will render it.
 */
import type { Partition } from "../catalog/index.ts";
import type { NodeEgressRule } from "../features/feature.ts";
import type { Identity, NetworkPolicyEngine, PodSecurity, Taint } from "../options/config.ts";

export interface Blueprint {
  project: Project;
  /** Present where the repository is this tool's to update; absent in one that leaves it. */
  product?: true;
  /** Every file that no target owns; targets add theirs. */
  files: FileSpec[];
  region: RegionFacts;
  kubernetes: KubernetesFacts;
  accounts: AccountPlan[];
  environments: EnvironmentPlan[];
  platform: PlatformPlan;
  pipelines: PipelinePlan;
  /** Present where an account needs state or pipeline roles before anything else. */
  bootstrap?: true;
  /** Runbooks and other documents that features ask for. */
  runbooks: Runbook[];
  /** What the user must supply before the first apply, because no answer gave it. */
  missingAnswers: MissingAnswer[];
  /** Hardening the options gave up, with the reason; shown in the posture and the README. */
  exceptions: Exception[];
  cost: CostEstimate;
  /** Ids of the features in use, sorted. */
  features: string[];
}

/** Who may change a generated file (DESIGN §1). */
export type Owner = "managed" | "merged" | "once" | "user";

/**
 * A template, or with a trailing slash a folder of templates, and where it lands.
 * `__environment__`, `__account__` and `__namespace__` in a path stand for each of them.
 */
export interface FileSpec {
  template: string;
  path: string;
  owner: Owner;
  /** Templates of the folder that do not belong: names, or with a trailing slash folders. */
  except?: readonly string[];
  /** The environments or accounts that get it; absent: all. */
  only?: readonly string[];
}

export interface Project {
  name: string;
  contact?: string;
  /** `owner/name` on the CI system. */
  repository?: string;
  /** AWS provider constraint choice: 5 (valid on 5.100 and 6) or 6. */
  awsProviderMajor: 5 | 6;
  ci: "github" | "gitlab" | "none";
  stateBackend: "s3" | "local";
}

export interface RegionFacts {
  name: string;
  title: string;
  partition: Partition;
  /** `amazonaws.com`, `amazonaws.com.cn` … */
  dnsSuffix: string;
  /** Zone ids chosen for the subnets (two or three), never one the EKS control plane refuses. */
  zoneIds: string[];
}

export interface KubernetesFacts {
  version: string;
  /** EKS upgrade policy: STANDARD, or EXTENDED where the user accepted extended support. */
  supportType: "STANDARD" | "EXTENDED";
  endOfStandardSupport?: string;
  endOfExtendedSupport?: string;
}

/** One AWS account in one region; environments that share both share it. */
export interface AccountPlan {
  /** Folder under `accounts/`; the first environment's name. */
  name: string;
  accountId?: string;
  environments: string[];
  guardDuty?: GuardDutyPlan;
  /** Roles that administer the account's keys; absent: a required variable. */
  keyAdmins?: string[];
  stateBucket: string | undefined;
}

export interface GuardDutyPlan {
  /** `create`: our detector; `existing`: features on a detector id given as a variable; `delegated`: an organisation admin owns it. */
  detector: "create" | "existing" | "delegated";
  /** Present where the detector's id is a variable. */
  existing?: true;
  ebsMalware: boolean;
  /** Present where AWS does not offer the agent in the partition. */
  noRuntimeMonitoring?: true;
}

export interface EnvironmentPlan {
  name: string;
  /** Cluster and resource name: `<project>-<environment>`. */
  clusterName: string;
  account: string;
  accountId?: string;
  production: boolean;
  network: NetworkPlan;
  controlPlane: ControlPlanePlan;
  nodeGroups: NodeGroupPlan[];
  addons: { beforeCompute: AddonPlan[]; afterCompute: AddonPlan[] };
  identities: WorkloadIdentityPlan[];
  /** CMKs beside the always-present secrets, volumes and logs. */
  secretsKey: KeyPlan;
  volumesKey: KeyPlan;
  logsKey: KeyPlan;
  stateBucket: string | undefined;
  /** Ids of the features in use here, sorted. */
  features: string[];
  /** Tags of everything in the environment. */
  tags: Record<string, string>;
  /** Present where pods get credentials from the Pod Identity agent; absent: IRSA. */
  podIdentity?: true;
  /** Name of the policy that roles have as their boundary; absent where no pipeline makes them. */
  permissionsBoundary?: string;
  /** Identities that use the volumes key; absent where none does. */
  volumesKeyUsers?: string[];
  /** Traffic that leaves the nodes for the VPC beside the usual; absent: none. */
  nodeEgressRules?: NodeEgressRule[];
  /** Add-ons whose version the user must name, sorted; absent where all are pinned. */
  unpinnedAddons?: string[];
}

export interface KeyPlan {
  deletionWindowDays: number;
  rotation: true;
}

export interface ZonePlan {
  zoneId: string;
  publicCidr?: string;
  privateCidr: string;
  intraCidr: string;
}

export interface NetworkPlan {
  kind: "new" | "existing";
  /** Present where the VPC is somebody else's. */
  existing?: true;
  cidr: string;
  zones: ZonePlan[];
  egress: "nat-per-az" | "nat" | "none";
  /** Service suffixes such as `ecr.api`, sorted. */
  interfaceEndpoints: string[];
  gatewayEndpoints: string[];
  /** Suffix to full service name (`cn.com.amazonaws.cn-north-1.ecr.api`), sorted by suffix. */
  interfaceServices: Record<string, string>;
  flowLogRetentionDays: number;
}

export interface ControlPlanePlan {
  version: string;
  supportType: "STANDARD" | "EXTENDED";
  publicEndpoint: boolean;
  publicCidrs: string[];
  logTypes: string[];
  logRetentionDays: number;
  admins?: string[];
  deletionProtection: boolean;
  serviceCidr: string;
  /** Present where ARC zonal shift is not proven to be offered. */
  noZonalShift?: true;
  /** Ports of webhooks and aggregated APIs, sorted; absent: the usual 8443 and 9443. */
  webhookPorts?: number[];
}

export interface NodeGroupPlan {
  name: string;
  instanceTypes: string[];
  architecture: "x86_64" | "arm64";
  /** EKS AMI type such as `BOTTLEROCKET_x86_64`. */
  amiType: string;
  operatingSystem: "bottlerocket" | "al2023";
  capacityType: "ON_DEMAND" | "SPOT";
  minSize: number;
  desiredSize: number;
  maxSize: number;
  diskSizeGiB: number;
  /** Absent where there are none. */
  labels?: Record<string, string>;
  taints?: Taint[];
}

/** An EKS managed add-on. */
export interface AddonPlan {
  /** AWS add-on name: `vpc-cni`. */
  name: string;
  /** Pinned version (`v1.20.4-eksbuild.1`); absent: nothing was ever seen for this Kubernetes, so the user names it. */
  version?: string;
  /** Configuration values as data; rendered as JSON. */
  configuration?: Record<string, unknown>;
  /** Name of the WorkloadIdentityPlan it runs as. */
  identity?: string;
}

/** An IAM role that one Kubernetes service account assumes. */
export interface WorkloadIdentityPlan {
  /** Static key: `vpc-cni`. */
  name: string;
  mode: Identity;
  namespace: string;
  serviceAccount: string;
  /** Managed policy paths without the ARN head: `AmazonEKS_CNI_Policy`, `service-role/AmazonEBSCSIDriverPolicy`. */
  managedPolicies: string[];
  /** Needs use of the volumes CMK (grants for AWS resources). */
  usesVolumesKey: boolean;
}

export interface PlatformPlan {
  namespaces: NamespacePlan[];
  networkPolicy: NetworkPolicyPlan;
  /** Namespaces of the system, sorted: exempt from the cluster-wide default deny. */
  systemNamespaces: string[];
}

export interface NamespacePlan {
  name: string;
  podSecurity: PodSecurity;
}

export interface NetworkPolicyPlan {
  engine: NetworkPolicyEngine;
  identity: Identity;
  /** The engine's Helm chart; the VPC CNI's own engine has none. */
  chart?: { repository: string; version: string };
}

export interface PipelinePlan {
  system: "github" | "gitlab" | "none";
  /** Environment names in order of promotion: the last is production-most. */
  order: string[];
  /** What a pipeline applies, in order; each waits for the one before. */
  stages: StagePlan[];
  /** Every Terraform root, in apply order. */
  roots: RootPlan[];
}

export interface StagePlan {
  /** Root path without slashes: `environments-prod`. */
  id: string;
  root: string;
  /** Protected environment of the CI system. */
  environment: string;
  accountId?: string;
  /** CI variable that holds the account id where it is not known here. */
  accountVariable: string;
  /** Id of the stage before. */
  needs?: string;
}

export interface RootPlan {
  /** Path in the repository: `environments/prod`. */
  path: string;
  kind: "bootstrap" | "account" | "environment";
  /** The environment or account name, `bootstrap` for the first. */
  name: string;
  account?: string;
}

export interface Runbook {
  slug: string;
  title: string;
}

export interface MissingAnswer {
  /** Terraform variable that has no default, such as `account_id`. */
  variable: string;
  roots: string[];
  /** One sentence for the README. */
  how: string;
  /** A value that passes the variable's validation, for plans without an account. */
  standIn: unknown;
}

export interface Exception {
  id: string;
  what: string;
  why: string;
}

export interface CostLine {
  what: string;
  quantity: number;
  unitPriceUsdPerHour: number;
  monthlyUsd: number;
}

export interface CostEstimate {
  environments: { environment: string; lines: CostLine[]; monthlyUsd: number }[];
  monthlyUsd: number;
  priceRegion: string;
  asOf: string;
}
