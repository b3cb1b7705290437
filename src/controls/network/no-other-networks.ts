import { control, terraform } from "../control.ts";

/** Each joins the VPC to a network that is not described here, or offers a part of it to one. */
const JOINS = [
  "aws_dx_gateway_association",
  "aws_ec2_client_vpn_network_association",
  "aws_ec2_transit_gateway_vpc_attachment",
  "aws_networkmanager_vpc_attachment",
  "aws_ram_principal_association",
  "aws_ram_resource_share",
  "aws_vpc_endpoint_service",
  "aws_vpc_peering_connection",
  "aws_vpc_peering_connection_accepter",
  "aws_vpclattice_service_network_vpc_association",
  "aws_vpn_connection",
  "aws_vpn_gateway",
  "aws_vpn_gateway_attachment",
];

export default control({
  id: "network.no-other-networks",
  title: "The VPC is joined to no other network, and shared with nobody",
  why: "Behind a peering or a transit gateway stands everything that the other network lets in: the private endpoint is then as private as the office's WiFi. People come through SSM, which asks IAM.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        probe.none(root, "it joins the VPC to a network that nothing here describes", ...JOINS);
    }),
  ],
  fix: "Remove it, or write down under exceptions in hardened-eks.yaml why this network has to be reached, who owns that, and until when.",
  mutants: [
    {
      title: "Peered with the office",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          append:
            '\nresource "aws_vpc_peering_connection" "office" {\n  vpc_id      = aws_vpc.this.id\n  peer_vpc_id = "vpc-0123456789abcdef0"\n}\n',
        },
      ],
    },
    {
      title: "A transit gateway, in one environment",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          append:
            '\nresource "aws_ec2_transit_gateway_vpc_attachment" "company" {\n  subnet_ids         = module.network.intra_subnet_ids\n  transit_gateway_id = "tgw-0123456789abcdef0"\n  vpc_id             = module.network.vpc_id\n}\n',
        },
      ],
    },
    {
      title: "Subnets for another account",
      edits: [
        {
          file: "environments/dev/main.network.tf",
          append:
            '\nresource "aws_ram_resource_share" "subnets" {\n  name                      = "subnets"\n  allow_external_principals = true\n}\n',
        },
      ],
    },
  ],
});
