import { control, terraform } from "../control.ts";
import { ownNetworks } from "../evidence/network.ts";
import { ofType } from "../evidence/probe.ts";
import { is, orAbsent } from "../evidence/require.ts";

export default control({
  id: "network.no-public-addresses",
  title: "No subnet gives public addresses by itself",
  why: "An instance that lands in a subnet with automatic addresses is on the internet without anybody having asked for it.",
  severity: "high",
  mapping: {
    securityHub: ["EC2.15"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_130"],
    trivy: ["AWS-0164"],
  },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of ownNetworks(subject, probe, "addresses of subnets"))
        for (const subnet of probe.some(root, "subnet", "aws_subnet", "aws_default_subnet")) {
          // AWS's default is the other way round in default subnets.
          probe.expect(
            subnet,
            "map_public_ip_on_launch",
            subnet.type === "aws_default_subnet" ? is(false) : orAbsent(is(false)),
          );
          probe.expect(subnet, "assign_ipv6_address_on_creation", orAbsent(is(false)));
        }
      for (const root of subject.roots)
        for (const subnet of ofType(root, "aws_subnet"))
          probe.expect(subnet, "map_customer_owned_ip_on_launch", orAbsent(is(false)));
    }),
  ],
  fix: "Set map_public_ip_on_launch = false; what has to be reached from outside gets a load balancer.",
  mutants: [
    {
      title: "Public subnets give public addresses",
      edits: [
        {
          file: "modules/network/main.subnets.tf",
          replace: "map_public_ip_on_launch = false",
          with: "map_public_ip_on_launch = true",
        },
      ],
    },
    {
      title: "One environment's private subnets do, behind a variable",
      edits: [
        {
          file: "modules/network/main.subnets.tf",
          replace: /(private_cidr\n {2})map_public_ip_on_launch = false/,
          with: "private_cidr\n  map_public_ip_on_launch = var.public_addresses",
        },
        {
          file: "modules/network/variables.tf",
          append:
            '\nvariable "public_addresses" {\n  description = "Whether nodes get public addresses."\n  type        = bool\n  nullable    = false\n  default     = false\n}\n',
        },
        {
          file: "environments/dev/main.network.tf",
          replace: "  egress     = local.egress\n",
          with: "  egress     = local.egress\n\n  public_addresses = true\n",
        },
      ],
    },
    {
      title: "One more subnet, with IPv6 addresses",
      edits: [
        {
          file: "modules/network/main.subnets.tf",
          append:
            '\nresource "aws_subnet" "edge" {\n  for_each = local.public_zones\n\n  vpc_id                          = aws_vpc.this.id\n  availability_zone_id            = each.key\n  ipv6_native                     = true\n  ipv6_cidr_block                 = "2001:db8:1234:1a00::/64"\n  assign_ipv6_address_on_creation = true\n}\n',
        },
      ],
    },
  ],
});
