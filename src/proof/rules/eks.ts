/** Amazon EKS. */
import { cidr, cidr4 } from "./cidr.ts";
import {
  all,
  arn,
  type BlockTest,
  between,
  isSet,
  json,
  keyArn,
  matches,
  oneOf,
  type Rules,
  roleArn,
  type Value,
} from "./rule.ts";

const clusterName = matches(
  "a cluster name",
  /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/,
  "It has up to 100 letters, digits, hyphens and underscores, and begins with a letter or digit.",
);
const kubernetesVersion = matches(
  "a Kubernetes version",
  /^1\.\d{2}$/,
  'It is written with its minor version only, such as "1.35".',
);
/** What 5.100.0 knows. Which release of 6 added which of the others is not recorded, so 6 takes all that EKS has. */
const AMI_5 = [
  "AL2_x86_64",
  "AL2_x86_64_GPU",
  "AL2_ARM_64",
  "CUSTOM",
  "BOTTLEROCKET_ARM_64",
  "BOTTLEROCKET_x86_64",
  "BOTTLEROCKET_ARM_64_FIPS",
  "BOTTLEROCKET_x86_64_FIPS",
  "BOTTLEROCKET_ARM_64_NVIDIA",
  "BOTTLEROCKET_x86_64_NVIDIA",
  "WINDOWS_CORE_2019_x86_64",
  "WINDOWS_FULL_2019_x86_64",
  "WINDOWS_CORE_2022_x86_64",
  "WINDOWS_FULL_2022_x86_64",
  "AL2023_x86_64_STANDARD",
  "AL2023_ARM_64_STANDARD",
  "AL2023_x86_64_NEURON",
  "AL2023_x86_64_NVIDIA",
  "AL2023_ARM_64_NVIDIA",
];
const AMI_6 = [
  ...AMI_5,
  "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
  "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
  "WINDOWS_CORE_2025_x86_64",
  "WINDOWS_FULL_2025_x86_64",
];
const labelValue = matches(
  "the value of a Kubernetes label",
  /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/,
  "It has up to 63 letters, digits, dots, hyphens and underscores.",
);
const nodeCount = between("a number of nodes", 0, 1000);
const dnsLabel = matches(
  "a Kubernetes name",
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "It has up to 63 lower-case letters, digits and hyphens.",
);

const number = (value: Value | undefined): number | undefined =>
  typeof value === "number"
    ? value
    : typeof value === "string" && /^\d+$/.test(value)
      ? Number(value)
      : undefined;

/** min ≤ desired ≤ max, as far as they are known. */
const scaling: BlockTest = (block, report) => {
  const min = number(block.min_size);
  const desired = number(block.desired_size);
  const max = number(block.max_size);
  // What is no count at all is said where it stands.
  if ([min, desired, max].some((count) => count !== undefined && count < 0)) return;
  const order = "It must hold that min_size ≤ desired_size ≤ max_size.";
  if (min !== undefined && max !== undefined && min > max)
    report(["min_size"], {
      summary: `min_size ${min} is more than max_size ${max}`,
      detail: order,
    });
  else if (desired !== undefined && min !== undefined && desired < min)
    report(["desired_size"], {
      summary: `desired_size ${desired} is less than min_size ${min}`,
      detail: order,
    });
  else if (desired !== undefined && max !== undefined && desired > max)
    report(["desired_size"], {
      summary: `desired_size ${desired} is more than max_size ${max}`,
      detail: order,
    });
};

/** With a launch template, its own arguments decide. */
const launchTemplate: BlockTest = (block, report) => {
  if (!isSet(block.launch_template)) return;
  for (const name of ["disk_size", "remote_access"])
    if (isSet(block[name]))
      report([name], {
        summary: `"${name}" cannot be given with a launch template`,
        detail:
          name === "disk_size"
            ? "Give the size in block_device_mappings of the launch template."
            : "Give what is needed in the launch template.",
      });
};

const accessScope: BlockTest = (block, report) => {
  const { namespaces } = block;
  if (
    block.type === "namespace" &&
    (namespaces === null || (Array.isArray(namespaces) && namespaces.length === 0))
  )
    report(["type"], {
      summary: "No namespace is named",
      detail: 'An access scope of type "namespace" names at least one.',
    });
  if (block.type === "cluster" && isSet(block.namespaces))
    report(["namespaces"], {
      summary: "An access scope of the whole cluster names no namespaces",
      detail: 'Write type = "namespace", or remove the namespaces.',
    });
};

export const eks: Rules = {
  aws_eks_cluster: {
    values: {
      name: clusterName,
      version: kubernetesVersion,
      role_arn: roleArn,
      "enabled_cluster_log_types*": oneOf("a log type of the control plane", [
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
      ]),
      "access_config.authentication_mode": oneOf("an authentication mode", [
        "API",
        "API_AND_CONFIG_MAP",
        "CONFIG_MAP",
      ]),
      "compute_config.node_pools*": oneOf("a built-in node pool", ["general-purpose", "system"]),
      "compute_config.node_role_arn": roleArn,
      "encryption_config.resources*": oneOf("a resource that EKS encrypts", ["secrets"]),
      "encryption_config.provider.key_arn": keyArn,
      "kubernetes_network_config.ip_family": oneOf("an IP family", ["ipv4", "ipv6"]),
      "kubernetes_network_config.service_ipv4_cidr": all(
        cidr4(12, 24),
        matches(
          "a private range",
          /^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\./,
          "Services take a range within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
        ),
      ),
      "remote_network_config.remote_node_networks.cidrs*": cidr,
      "remote_network_config.remote_pod_networks.cidrs*": cidr,
      "upgrade_policy.support_type": oneOf("a support type", ["STANDARD", "EXTENDED"]),
      "vpc_config.public_access_cidrs*": cidr,
      "control_plane_scaling_config.tier": oneOf("a tier of the control plane", [
        "standard",
        "tier-xl",
        "tier-2xl",
        "tier-4xl",
        "tier-8xl",
      ]),
    },
    blocks: {
      vpc_config: (block, report) => {
        if (block.endpoint_private_access === false && block.endpoint_public_access === false)
          report(["endpoint_private_access"], {
            summary: "The cluster has no endpoint",
            detail: "One of endpoint_private_access and endpoint_public_access must be true.",
          });
      },
      "": (block, report) => {
        const [access] = Array.isArray(block.access_config) ? block.access_config : [];
        const mode =
          typeof access === "object" && access !== null && !Array.isArray(access)
            ? access.authentication_mode
            : undefined;
        const [compute] = Array.isArray(block.compute_config) ? block.compute_config : [];
        if (
          mode === "CONFIG_MAP" &&
          typeof compute === "object" &&
          compute !== null &&
          !Array.isArray(compute) &&
          compute.enabled === true
        )
          report(["access_config", 0, "authentication_mode"], {
            summary: "Auto Mode needs access entries",
            detail: 'Write authentication_mode = "API".',
          });
      },
    },
  },
  aws_eks_node_group: {
    values: {
      cluster_name: clusterName,
      node_group_name: matches(
        "the name of a node group",
        /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/,
        "It has up to 63 letters, digits, hyphens and underscores, and begins with a letter or digit.",
      ),
      node_role_arn: roleArn,
      version: kubernetesVersion,
      ami_type: oneOf("an AMI type", (major) => (major === 5 ? AMI_5 : AMI_6)),
      capacity_type: oneOf("a capacity type", ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"]),
      disk_size: between("a disk size in GiB", 1, 16384),
      instance_types: matches(
        "an instance type",
        /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
        'It is written "m7i.large".',
      ),
      labels: labelValue,
      "scaling_config.desired_size": nodeCount,
      "scaling_config.min_size": nodeCount,
      "scaling_config.max_size": between("a number of nodes", 1, 1000),
      "update_config.max_unavailable": between("a number of nodes", 1, 100),
      "update_config.max_unavailable_percentage": between("a percentage", 1, 100),
      "update_config.update_strategy": oneOf("an update strategy", ["DEFAULT", "MINIMAL"]),
      "taint*.effect": oneOf("the effect of a taint", [
        "NO_SCHEDULE",
        "NO_EXECUTE",
        "PREFER_NO_SCHEDULE",
      ]),
      "taint*.value": labelValue,
    },
    conflicts: [["node_group_name", "node_group_name_prefix"]],
    blocks: {
      scaling_config: scaling,
      "": launchTemplate,
      update_config: (block, report) => {
        if (isSet(block.max_unavailable) && isSet(block.max_unavailable_percentage))
          report(["max_unavailable_percentage"], {
            summary: "Conflicting arguments",
            detail:
              '"max_unavailable" and "max_unavailable_percentage" cannot be given together. Keep one of them.',
          });
      },
      launch_template: (block, report) => {
        if (isSet(block.id) && isSet(block.name))
          report(["name"], {
            summary: "Conflicting arguments",
            detail: '"id" and "name" cannot be given together. Keep one of them.',
          });
      },
    },
  },
  aws_eks_addon: {
    values: {
      cluster_name: clusterName,
      addon_name: matches(
        "the name of an add-on",
        /^[a-z0-9][a-z0-9_-]*$/,
        'It is written "vpc-cni".',
      ),
      addon_version: matches(
        "the version of an add-on",
        /^v?\d+\.\d+\.\d+(-.+)?$/,
        'It is written "v1.20.0-eksbuild.1".',
      ),
      resolve_conflicts_on_create: oneOf("a way to resolve conflicts on create", [
        "NONE",
        "OVERWRITE",
      ]),
      resolve_conflicts_on_update: oneOf("a way to resolve conflicts on update", [
        "NONE",
        "OVERWRITE",
        "PRESERVE",
      ]),
      resolve_conflicts: oneOf("a way to resolve conflicts", ["NONE", "OVERWRITE", "PRESERVE"]),
      // The values may be YAML as well, which every JSON-like text is not.
      configuration_values: (value, major) =>
        String(value).trimStart().startsWith("{") ? json(value, major) : undefined,
      service_account_role_arn: roleArn,
      "pod_identity_association*.role_arn": roleArn,
    },
  },
  aws_eks_access_entry: {
    values: {
      cluster_name: clusterName,
      principal_arn: arn("an IAM role or user", "iam", /^(role|user)\//),
      type: oneOf("a type of access entry", [
        "STANDARD",
        "EC2_LINUX",
        "EC2_WINDOWS",
        "FARGATE_LINUX",
        "EC2",
        "HYBRID_LINUX",
        "HYPERPOD_LINUX",
      ]),
      "kubernetes_groups*": matches(
        "a group that an access entry may name",
        /^(?!system:|eks:|amazon:|aws:|iam:)/,
        "Names that begin with system:, eks:, amazon:, aws: or iam: are reserved. Associate an access policy instead.",
      ),
    },
  },
  aws_eks_access_policy_association: {
    values: {
      cluster_name: clusterName,
      principal_arn: arn("an IAM role or user", "iam", /^(role|user)\//),
      policy_arn: arn("an access policy", "eks", /^cluster-access-policy\//),
      "access_scope.type": oneOf("an access scope", ["cluster", "namespace"]),
    },
    blocks: { access_scope: accessScope },
  },
  aws_eks_pod_identity_association: {
    values: {
      cluster_name: clusterName,
      namespace: dnsLabel,
      role_arn: roleArn,
      target_role_arn: roleArn,
    },
  },
  aws_eks_fargate_profile: {
    values: {
      cluster_name: clusterName,
      pod_execution_role_arn: roleArn,
      "selector*.labels": labelValue,
    },
  },
  aws_eks_identity_provider_config: {
    values: {
      cluster_name: clusterName,
      "oidc.issuer_url": matches(
        "the address of an issuer",
        /^https:\/\/[^\s]+$/,
        "It begins with https://.",
      ),
    },
  },
};
