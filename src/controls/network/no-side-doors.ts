import { control, terraform } from "../control.ts";
import { contains } from "../evidence/cidr.ts";
import { ofType } from "../evidence/probe.ts";
import { ruleName, rulesOf } from "../evidence/traffic.ts";
import { blocksOf, type Resource, textsOf } from "../evidence/value.ts";

/** Each changes, from outside, what a group, a table or an interface of the modules lets through. */
const DOORS = [
  "aws_ec2_network_interface_permission",
  "aws_ec2_traffic_mirror_filter",
  "aws_ec2_traffic_mirror_session",
  "aws_ec2_traffic_mirror_target",
  "aws_main_route_table_association",
  "aws_network_interface_attachment",
  "aws_network_interface_sg_attachment",
  "aws_vpc_block_public_access_exclusion",
  "aws_vpc_endpoint_security_group_association",
  "aws_vpn_gateway_route_propagation",
];

/** Names that must stay AWS's own: whoever answers for them gets the credentials. */
const OF_AWS = /(^|\.)(amazonaws\.com(\.cn)?|aws|api\.aws|eks\.amazonaws\.com)\.?$|^\.$/;

/** Services of AWS, by their full name. */
const SERVICE = /^(com\.amazonaws|cn\.com\.amazonaws|aws\.api)\.(?!vpce\.)[^$]*$/;

/** Ranges that belong to no one on the internet. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.19.0.0/16"];

export default control({
  id: "network.no-side-doors",
  title: "Nothing beside the modules' groups, routes and names decides where traffic goes",
  why: "A second group on an interface, a mirror of its packets, or a private zone for sts.amazonaws.com changes everything, and leaves every rule that a reviewer reads as it was.",
  severity: "high",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        probe.none(
          root,
          "it changes from outside what the modules' groups and routes say",
          ...DOORS,
        );
        const wrong = (resource: Resource, argument: string, message: string): void =>
          probe.wrong(resource.placeOf(argument), `${resource.address}: ${message}`, root.path);
        for (const zone of ofType(root, "aws_route53_zone", "aws_route53_resolver_rule")) {
          const argument = zone.type === "aws_route53_zone" ? "name" : "domain_name";
          for (const name of textsOf(zone.get(argument)).filter((each) => OF_AWS.test(each)))
            wrong(zone, argument, `it answers for ${name}, which is AWS's`);
        }
        for (const options of ofType(root, "aws_vpc_dhcp_options"))
          for (const server of textsOf(options.get("domain_name_servers")))
            if (server !== "AmazonProvidedDNS")
              wrong(options, "domain_name_servers", `${server} resolves every name of the VPC`);
        for (const endpoint of ofType(root, "aws_vpc_endpoint"))
          for (const service of textsOf(endpoint.get("service_name")))
            probe.that(
              SERVICE.test(service),
              endpoint.placeOf("service_name"),
              `${endpoint.address}: ${service} is no service of AWS`,
              root.path,
            );
        for (const table of ofType(root, "aws_route_table", "aws_default_route_table"))
          if (textsOf(table.get("propagating_vgws")).length > 0)
            wrong(table, "propagating_vgws", "a VPN gateway writes its routes");
        for (const more of ofType(root, "aws_vpc_ipv4_cidr_block_association"))
          for (const range of textsOf(more.get("cidr_block")))
            if (!PRIVATE.some((each) => contains(each, range)))
              wrong(more, "cidr_block", `${range} belongs to somebody on the internet`);
        for (const rule of rulesOf(root))
          for (const group of [
            ...textsOf(rule.resource.get("referenced_security_group_id")),
            ...textsOf(rule.resource.get("source_security_group_id")),
            ...["ingress", "egress"].flatMap((way) =>
              blocksOf(rule.resource.get(way)).flatMap((block) => textsOf(block.security_groups)),
            ),
          ])
            probe.that(
              !/^[^$]*\//.test(group),
              rule.placeOf("referenced_security_group_id", "source_security_group_id"),
              `${ruleName(rule)} trusts ${group}, a security group of another account`,
              root.path,
            );
      }
    }),
  ],
  fix: "Say it in the group, the route table or the endpoint that it belongs to.",
  mutants: (
    [
      [
        "A second group on the endpoints",
        'resource "aws_vpc_endpoint_security_group_association" "all" {\n  vpc_endpoint_id   = "vpce-0123456789abcdef0"\n  security_group_id = "sg-0123456789abcdef0"\n}',
      ],
      [
        "A mirror of a node's packets",
        'resource "aws_ec2_traffic_mirror_session" "debug" {\n  network_interface_id     = "eni-0123456789abcdef0"\n  session_number           = 1\n  traffic_mirror_filter_id = "tmf-0123456789abcdef0"\n  traffic_mirror_target_id = "tmt-0123456789abcdef0"\n}',
      ],
      [
        "A private zone for STS",
        'resource "aws_route53_zone" "sts" {\n  name = "sts.us-east-1.amazonaws.com"\n\n  vpc {\n    vpc_id = module.network.vpc_id\n  }\n}',
      ],
      [
        "Names resolved by somebody else",
        'resource "aws_vpc_dhcp_options" "dns" {\n  domain_name_servers = ["203.0.113.53"]\n}',
      ],
      [
        "An endpoint of somebody's service",
        'resource "aws_vpc_endpoint" "logs" {\n  vpc_id            = module.network.vpc_id\n  service_name      = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"\n  vpc_endpoint_type = "Interface"\n}',
      ],
      [
        "The control plane trusts a group of another account",
        'resource "aws_vpc_security_group_ingress_rule" "partner" {\n  security_group_id            = module.cluster.control_plane_security_group_id\n  description                  = "Partner"\n  referenced_security_group_id = "999999999999/sg-0123456789abcdef0"\n  ip_protocol                  = "tcp"\n  from_port                    = 443\n  to_port                      = 443\n}',
      ],
    ] as const
  ).map(([title, text]) => ({
    title,
    edits: [{ file: "environments/prod/main.network.tf", append: `\n${text}\n` }],
  })),
});
