import { control, terraform } from "../control.ts";
import { ownNetworks } from "../evidence/network.ts";
import { ofType } from "../evidence/probe.ts";
import { is, isSetOf, orAbsent } from "../evidence/require.ts";

export default control({
  id: "network.vpc-dns",
  title: "The VPC resolves names with AWS's resolver, private names included",
  why: "Endpoints and the private name of the API server resolve only with both settings on; past AWS's resolver neither private names nor GuardDuty's DNS findings work.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of ownNetworks(subject, probe, "DNS settings"))
        for (const vpc of probe.some(root, "VPC", "aws_vpc")) {
          probe.expect(vpc, "enable_dns_hostnames", is(true));
          probe.expect(vpc, "enable_dns_support", orAbsent(is(true)));
          for (const options of ofType(root, "aws_vpc_dhcp_options"))
            probe.expect(options, "domain_name_servers", orAbsent(isSetOf("AmazonProvidedDNS")));
        }
    }),
  ],
  fix: "Set enable_dns_support and enable_dns_hostnames to true, and leave domain_name_servers to AmazonProvidedDNS.",
  mutants: [
    {
      title: "No host names",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: "  enable_dns_hostnames = true\n",
          with: "",
        },
      ],
    },
    {
      title: "No resolver in one environment",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: "enable_dns_support   = true",
          with: 'enable_dns_support   = var.egress != "nat"',
        },
      ],
    },
    {
      title: "Name servers of somebody else's",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          append:
            '\nresource "aws_vpc_dhcp_options" "this" {\n  domain_name_servers = ["8.8.8.8"]\n}\n\nresource "aws_vpc_dhcp_options_association" "this" {\n  vpc_id          = aws_vpc.this.id\n  dhcp_options_id = aws_vpc_dhcp_options.this.id\n}\n',
        },
      ],
    },
  ],
});
