/** VPC: ranges, routes, rules, endpoints, flow logs. */
import { cidr4, cidr6 } from "./cidr.ts";
import { policy } from "./policy.ts";
import {
  arn,
  type BlockTest,
  between,
  isSet,
  matches,
  oneOf,
  oneOfNumbers,
  port,
  type Rules,
  roleArn,
  type Test,
  UNKNOWN,
} from "./rule.ts";

const description = matches(
  "a description that EC2 accepts",
  /^[0-9A-Za-z_ .:/()#,@[\]+=&;{}!$*-]{0,255}$/,
  "It has up to 255 letters, digits, blanks and any of ._-:/()#,@[]+=&;{}!$*.",
);
const groupName = matches(
  "the name of a security group",
  /^(?!sg-)[0-9A-Za-z_ .:/()#,@[\]+=&;{}!$*-]{1,255}$/,
  'It has up to 255 characters, and does not begin with "sg-".',
);
const protocol = matches(
  "a protocol",
  /^(-1|all|tcp|udp|icmp|icmpv6|\d{1,3})$/i,
  'Write "tcp", "udp", "icmp", "icmpv6", a number, or "-1" for all.',
);
const ipAddressType = oneOf("an address type", ["ipv4", "ipv6", "dualstack"]);

/** The ends of a range of ports, in their order. */
const portRange =
  (protocolName: string): BlockTest =>
  (block, report) => {
    const { from_port: from, to_port: to } = block;
    const protocol = block[protocolName];
    if (protocol === "-1" || protocol === "all") {
      const name = ["from_port", "to_port"].find(
        (each) => typeof block[each] === "number" && block[each] !== 0 && block[each] !== -1,
      );
      if (name !== undefined)
        report([name], {
          summary: `A rule for all protocols has no ${name}`,
          detail: "Name the protocol, or leave the ports out.",
        });
    } else if (
      typeof from === "number" &&
      typeof to === "number" &&
      from > to &&
      from <= 65535 &&
      to >= 0
    )
      report(["from_port"], {
        summary: `from_port ${from} is more than to_port ${to}`,
        detail: "The range is given from its lower to its upper end.",
      });
    else if (
      typeof protocol === "string" &&
      /^(tcp|udp|6|17)$/i.test(protocol) &&
      (from === null || to === null) &&
      protocolName === "ip_protocol"
    )
      report([], {
        summary: `A rule for ${protocol} needs ports`,
        detail: "Give from_port and to_port.",
      });
  };

const groupRules = (block: string): Record<string, Test> => ({
  [`${block}*.cidr_blocks`]: cidr4(),
  [`${block}*.ipv6_cidr_blocks`]: cidr6(),
  [`${block}*.from_port`]: port,
  [`${block}*.to_port`]: port,
  [`${block}*.protocol`]: protocol,
  [`${block}*.description`]: description,
});

const ruleResource = {
  values: {
    cidr_ipv4: cidr4(),
    cidr_ipv6: cidr6(),
    from_port: port,
    to_port: port,
    ip_protocol: protocol,
    description,
  },
  exactlyOne: [["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]],
  blocks: { "": portRange("ip_protocol") },
};

const aclRules = (block: string): Record<string, Test> => ({
  [`${block}*.cidr_block`]: cidr4(),
  [`${block}*.ipv6_cidr_block`]: cidr6(),
  [`${block}*.action`]: oneOf("an action of a rule", ["allow", "deny"]),
  [`${block}*.rule_no`]: between("a rule number", 1, 32766),
});

const TARGETS = [
  "carrier_gateway_id",
  "core_network_arn",
  "egress_only_gateway_id",
  "gateway_id",
  "local_gateway_id",
  "nat_gateway_id",
  "network_interface_id",
  "transit_gateway_id",
  "vpc_endpoint_id",
  "vpc_peering_connection_id",
];

export const network: Rules = {
  aws_vpc: {
    values: {
      cidr_block: cidr4(16, 28),
      instance_tenancy: oneOf("a tenancy", ["default", "dedicated"]),
      ipv4_netmask_length: between("a prefix length", 16, 28),
    },
    conflicts: [
      ["cidr_block", "ipv4_netmask_length"],
      ["assign_generated_ipv6_cidr_block", "ipv6_ipam_pool_id"],
    ],
  },
  aws_vpc_ipv4_cidr_block_association: { values: { cidr_block: cidr4(16, 28) } },
  aws_subnet: {
    values: {
      cidr_block: cidr4(16, 28),
      ipv6_cidr_block: cidr6(64, 64),
      availability_zone_id: matches(
        "the id of a zone",
        /^[a-z]{3,6}\d?-az\d+$|^[a-z0-9-]+-az\d+$/,
        'It is written "euw1-az1".',
      ),
      private_dns_hostname_type_on_launch: oneOf("a type of host name", [
        "ip-name",
        "resource-name",
      ]),
    },
    conflicts: [["availability_zone", "availability_zone_id"]],
  },
  aws_eip: { values: { domain: oneOf("a domain", ["vpc", "standard"]) } },
  aws_nat_gateway: {
    values: { connectivity_type: oneOf("a connectivity type", ["private", "public"]) },
  },
  aws_route: {
    values: { destination_cidr_block: cidr4(), destination_ipv6_cidr_block: cidr6() },
    exactlyOne: [
      ["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"],
      TARGETS,
    ],
  },
  aws_route_table: {
    values: { "route*.cidr_block": cidr4(), "route*.ipv6_cidr_block": cidr6() },
  },
  aws_default_route_table: {
    values: { "route*.cidr_block": cidr4(), "route*.ipv6_cidr_block": cidr6() },
  },
  aws_route_table_association: { exactlyOne: [["subnet_id", "gateway_id"]] },
  aws_security_group: {
    values: {
      name: groupName,
      name_prefix: groupName,
      description,
      ...groupRules("ingress"),
      ...groupRules("egress"),
    },
    conflicts: [["name", "name_prefix"]],
    blocks: { "ingress*": portRange("protocol"), "egress*": portRange("protocol") },
  },
  aws_default_security_group: {
    values: { ...groupRules("ingress"), ...groupRules("egress") },
    blocks: { "ingress*": portRange("protocol"), "egress*": portRange("protocol") },
  },
  aws_security_group_rule: {
    values: {
      type: oneOf("a type of rule", ["ingress", "egress"]),
      cidr_blocks: cidr4(),
      ipv6_cidr_blocks: cidr6(),
      from_port: port,
      to_port: port,
      protocol,
      description,
    },
    conflicts: [
      ["cidr_blocks", "self"],
      ["cidr_blocks", "source_security_group_id"],
      ["ipv6_cidr_blocks", "self"],
      ["ipv6_cidr_blocks", "source_security_group_id"],
      ["self", "source_security_group_id"],
    ],
    atLeastOne: [
      ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self", "source_security_group_id"],
    ],
    blocks: { "": portRange("protocol") },
  },
  aws_vpc_security_group_ingress_rule: ruleResource,
  aws_vpc_security_group_egress_rule: ruleResource,
  aws_network_acl: { values: { ...aclRules("ingress"), ...aclRules("egress") } },
  aws_default_network_acl: { values: { ...aclRules("ingress"), ...aclRules("egress") } },
  aws_network_acl_rule: {
    values: {
      cidr_block: cidr4(),
      ipv6_cidr_block: cidr6(),
      rule_action: oneOf("an action of a rule", ["allow", "deny"]),
      rule_number: between("a rule number", 1, 32766),
    },
    exactlyOne: [["cidr_block", "ipv6_cidr_block"]],
  },
  aws_vpc_endpoint: {
    values: {
      vpc_endpoint_type: oneOf("a type of endpoint", [
        "Interface",
        "GatewayLoadBalancer",
        "Gateway",
        "Resource",
        "ServiceNetwork",
      ]),
      service_name: matches(
        "the name of an endpoint service",
        /^(([a-z]+\.)+|aws\.)[a-z0-9.:_-]+$/,
        'It is written "com.amazonaws.eu-west-1.s3".',
      ),
      policy: policy("endpoint"),
      ip_address_type: ipAddressType,
      "dns_options.dns_record_ip_type": oneOf("a type of DNS record", [
        "ipv4",
        "ipv6",
        "dualstack",
        "service-defined",
      ]),
    },
    blocks: {
      "": (block, report) => {
        const gateway = block.vpc_endpoint_type === "Gateway" || block.vpc_endpoint_type === null;
        if (
          gateway &&
          isSet(block.service_name) &&
          (block.vpc_endpoint_type !== null || typeof block.service_name === "string")
        )
          for (const name of ["subnet_ids", "security_group_ids"])
            if (isSet(block[name]))
              report([name], {
                summary: `A gateway endpoint has no ${name}`,
                detail: 'Write vpc_endpoint_type = "Interface", or give route_table_ids.',
              });
        if (gateway && block.private_dns_enabled === true)
          report(["private_dns_enabled"], {
            summary: "A gateway endpoint has no private DNS",
            detail: 'Write vpc_endpoint_type = "Interface", or remove private_dns_enabled.',
          });
      },
    },
    exactlyOne: [["service_name", "resource_configuration_arn", "service_network_arn"]],
  },
  aws_vpc_endpoint_policy: { values: { policy: policy("endpoint") } },
  aws_flow_log: {
    values: {
      traffic_type: oneOf("a type of traffic", ["ACCEPT", "REJECT", "ALL"]),
      log_destination_type: oneOf("a type of destination", [
        "cloud-watch-logs",
        "s3",
        "kinesis-data-firehose",
      ]),
      log_destination: arn("the destination of a flow log"),
      max_aggregation_interval: oneOfNumbers("an aggregation interval in seconds", [60, 600]),
      iam_role_arn: roleArn,
      deliver_cross_account_role: roleArn,
    },
    exactlyOne: [
      [
        "eni_id",
        "subnet_id",
        "vpc_id",
        "transit_gateway_id",
        "transit_gateway_attachment_id",
        "regional_nat_gateway_id",
      ],
    ],
    conflicts: [["log_destination", "log_group_name"]],
    blocks: {
      "": (block, report) => {
        const toLogs =
          block.log_destination_type === "cloud-watch-logs" || block.log_destination_type === null;
        if (toLogs && block.iam_role_arn === null && block.log_destination_type !== UNKNOWN)
          report([], {
            summary: "The flow log has no role",
            detail: "Give iam_role_arn: without it nothing is delivered to CloudWatch Logs.",
          });
      },
    },
  },
  aws_vpc_block_public_access_options: {
    values: {
      internet_gateway_block_mode: oneOf("a mode of the internet block", [
        "off",
        "block-bidirectional",
        "block-ingress",
      ]),
    },
  },
  aws_route53_zone: {
    values: {
      name: matches("the name of a zone", /^[A-Za-z0-9_*.-]{1,253}$/, "It is a domain name."),
    },
  },
};
