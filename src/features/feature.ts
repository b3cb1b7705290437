/** What a feature is: its question, what it adds to the Blueprint, and the files under templates/features/<id>. */
import type { Partition, Region } from "../catalog/index.ts";
import type { Config, EnvironmentConfig } from "../options/config.ts";
import type { OptionDeclaration } from "../options/declare.ts";

/** An EKS add-on that a feature wants; the version comes from the catalog. */
export interface AddonWish {
  name: string;
  phase: "before-compute" | "after-compute";
  configuration?: Record<string, unknown>;
  identity?: IdentityWish;
}

/** The IAM role of one service account. */
export interface IdentityWish {
  name: string;
  namespace: string;
  serviceAccount: string;
  /** Managed policies by path, without the ARN's head. */
  managedPolicies: readonly string[];
  usesVolumesKey?: boolean;
}

/** Something that the options gave up, with the reason. */
export interface ExceptionWish {
  id: string;
  what: string;
  why: string;
}

/** A rule of the nodes' security group; the VPC is its destination. */
export interface NodeEgressRule {
  name: string;
  description: string;
  protocol: "tcp" | "udp";
  fromPort: number;
  toPort: number;
}

/** What one feature adds for one environment. */
export interface Contribution {
  addons?: readonly AddonWish[];
  /** Service suffixes of interface endpoints: `guardduty-data`. */
  interfaceEndpoints?: readonly string[];
  /** Namespaces that belong to the system: exempt from the cluster-wide default deny. */
  systemNamespaces?: readonly string[];
  exceptions?: readonly ExceptionWish[];
  /** Ports where the control plane calls its pods: webhooks and aggregated APIs. */
  webhookPorts?: readonly number[];
  /** Traffic that leaves the nodes for the VPC beside HTTPS and node to node. */
  nodeEgressRules?: readonly NodeEgressRule[];
}

export interface FeatureContext {
  config: Config;
  environment: EnvironmentConfig;
  environmentName: string;
  region: Region;
}

export interface Feature {
  /** Id, folder name under templates/features, and word of `--addons`. */
  id: string;
  kind: "addon" | "network-policy" | "core";
  title: string;
  /** One line for the wizard and the docs. */
  summary: string;
  /** Partitions where AWS offers it; absent: everywhere. */
  partitions?: readonly Partition[];
  /** Questions of its own. */
  options?: readonly OptionDeclaration[];
  /** Documents that it needs, by slug under docs/runbooks. */
  runbooks?: readonly { slug: string; title: string }[];
  contribute(context: FeatureContext): Contribution;
}
