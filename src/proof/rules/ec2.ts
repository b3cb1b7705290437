/** Amazon EC2: instances, launch templates, volumes, defaults of the account. */
import {
  arn,
  type BlockTest,
  between,
  either,
  isSet,
  keyArn,
  matches,
  oneOf,
  type Rules,
  roleArn,
  type Test,
} from "./rule.ts";

const volumeType = oneOf("a volume type", ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"]);
const volumeSize = between("a volume size in GiB", 1, 65536);
const enabled = (what: string): Test => oneOf(what, ["enabled", "disabled"]);
const tokens = oneOf("a choice of http_tokens", ["optional", "required"]);
const hops = between("a hop limit", 1, 64);
/** Terraform passes these as texts, and older majors take numbers for them. */
const bool: Test = (value, major) =>
  ["true", "false", "", ...(major === 5 ? ["0", "1"] : [])].includes(String(value))
    ? undefined
    : {
        summary: `${JSON.stringify(value)} is neither true nor false`,
        detail: "Write true or false.",
      };
const base64 = matches(
  "Base64",
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  "Write base64encode(…) around it.",
);
const templateName = matches(
  "the name of a launch template",
  /^[A-Za-z0-9().\-/_]{3,128}$/,
  "It has 3 to 128 letters, digits and any of ().-/_.",
);

const metadata = {
  "metadata_options.http_tokens": tokens,
  "metadata_options.http_endpoint": enabled("a state of the metadata endpoint"),
  "metadata_options.http_protocol_ipv6": enabled("a state of the metadata endpoint's IPv6"),
  "metadata_options.instance_metadata_tags": enabled("a state of tags in the metadata"),
  "metadata_options.http_put_response_hop_limit": hops,
};

/** What only some volume types take. */
const volume: BlockTest = (block, report) => {
  const type = block.volume_type ?? block.type;
  if (typeof type !== "string") return;
  if (isSet(block.throughput) && block.throughput !== 0 && type !== "gp3")
    report(["throughput"], {
      summary: `A volume of type "${type}" has no throughput to set`,
      detail: 'Only "gp3" has.',
    });
  if (isSet(block.iops) && block.iops !== 0 && !["io1", "io2", "gp3"].includes(type))
    report(["iops"], {
      summary: `A volume of type "${type}" has no iops to set`,
      detail: 'Only "io1", "io2" and "gp3" have.',
    });
  if ((type === "io1" || type === "io2") && block.iops === null)
    report([], { summary: `A volume of type "${type}" needs iops`, detail: "Give iops." });
};

export const ec2: Rules = {
  aws_launch_template: {
    values: {
      name: templateName,
      name_prefix: templateName,
      ...metadata,
      "block_device_mappings.device_name": matches(
        "a device name",
        /^(\/dev\/[a-z0-9]+|xvd[a-z]+|sd[a-z]\d*)$/,
        'It is written "/dev/xvda".',
      ),
      "block_device_mappings.ebs.volume_type": volumeType,
      "block_device_mappings.ebs.volume_size": volumeSize,
      "block_device_mappings.ebs.throughput": between("a throughput in MiB/s", 125, 2000),
      "block_device_mappings.ebs.encrypted": bool,
      "block_device_mappings.ebs.delete_on_termination": bool,
      "block_device_mappings.ebs.kms_key_id": keyArn,
      ebs_optimized: bool,
      user_data: base64,
      instance_initiated_shutdown_behavior: oneOf("a shutdown behaviour", ["stop", "terminate"]),
      "credit_specification.cpu_credits": oneOf("a choice of CPU credits", [
        "standard",
        "unlimited",
      ]),
      "iam_instance_profile.arn": arn("an instance profile", "iam", /^instance-profile\//),
      "instance_market_options.market_type": oneOf("a market", ["spot", "capacity-block"]),
      "placement.tenancy": oneOf("a tenancy", ["default", "dedicated", "host"]),
      "tag_specifications.resource_type": oneOf("a type of resource that is tagged at launch", [
        "instance",
        "volume",
        "network-interface",
        "spot-instances-request",
        "elastic-gpu",
      ]),
    },
    conflicts: [
      ["name", "name_prefix"],
      ["default_version", "update_default_version"],
      ["instance_type", "instance_requirements"],
      ["security_group_names", "vpc_security_group_ids"],
    ],
    blocks: {
      "block_device_mappings.ebs": volume,
      "": (block, report) => {
        const interfaces = Array.isArray(block.network_interfaces) ? block.network_interfaces : [];
        if (interfaces.length > 0 && isSet(block.vpc_security_group_ids))
          report(["vpc_security_group_ids"], {
            summary: "Security groups are given twice",
            detail: "With network_interfaces, give them in security_groups of the interface.",
          });
      },
    },
  },
  aws_instance: {
    values: {
      ...metadata,
      "root_block_device.volume_type": volumeType,
      "root_block_device.kms_key_id": keyArn,
      "ebs_block_device*.volume_type": volumeType,
      tenancy: oneOf("a tenancy", ["default", "dedicated", "host"]),
      user_data_base64: base64,
    },
    conflicts: [["user_data", "user_data_base64"]],
    blocks: { root_block_device: volume },
  },
  aws_ebs_volume: {
    values: { type: volumeType, size: volumeSize, kms_key_id: keyArn },
    blocks: { "": volume },
  },
  aws_ebs_snapshot_block_public_access: {
    values: {
      state: oneOf("a state of the snapshot block", [
        "block-all-sharing",
        "block-new-sharing",
        "unblocked",
      ]),
    },
  },
  aws_ec2_instance_metadata_defaults: {
    values: {
      http_tokens: oneOf("a choice of http_tokens", ["optional", "required", "no-preference"]),
      http_endpoint: oneOf("a state of the metadata endpoint", [
        "enabled",
        "disabled",
        "no-preference",
      ]),
      instance_metadata_tags: oneOf("a state of tags in the metadata", [
        "enabled",
        "disabled",
        "no-preference",
      ]),
      http_put_response_hop_limit: either(oneOf("a hop limit", ["-1"]), hops),
    },
    atLeastOne: [
      ["http_tokens", "http_endpoint", "http_put_response_hop_limit", "instance_metadata_tags"],
    ],
  },
  aws_placement_group: {
    values: { strategy: oneOf("a placement strategy", ["cluster", "partition", "spread"]) },
  },
  aws_autoscaling_group: {
    values: { service_linked_role_arn: roleArn },
    conflicts: [["name", "name_prefix"]],
  },
};
