import { control, terraform } from "../control.ts";
import { ownNetworks, residencesOfControlPlane, routesOf, tablesOf } from "../evidence/network.ts";

export default control({
  id: "network.intra-routes",
  title: "Subnets of the control plane have no route but the local one",
  why: "The control plane's interfaces call nodes and nothing else; with a way out, whatever is put beside them has one too.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of ownNetworks(subject, probe, "routes of the control plane's subnets")) {
        probe.some(root, "cluster", "aws_eks_cluster");
        const tables = tablesOf(probe, root, residencesOfControlPlane(root));
        for (const { resource, place, target, destinations, tables: of } of routesOf(root)) {
          probe.that(
            !of.some((table) => tables.includes(table)),
            place,
            `${resource.address} leads the control plane's subnets ${target === "unknown" ? "to what the text does not say" : `to ${destinations.join(", ")}`}`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: "Remove the route: the local route is all that these subnets need.",
  mutants: [
    {
      title: "A default route through NAT",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          append:
            '\nresource "aws_route" "intra_nat" {\n  count = var.egress == "none" ? 0 : 1\n\n  route_table_id         = aws_route_table.intra.id\n  destination_cidr_block = "0.0.0.0/0"\n  nat_gateway_id         = values(aws_nat_gateway.this)[0].id\n}\n',
        },
      ],
    },
    {
      title: "An inline route to a transit gateway",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          replace: /(resource "aws_route_table" "intra" \{\n {2}vpc_id = aws_vpc\.this\.id\n)/,
          with: 'resource "aws_route_table" "intra" {\n  vpc_id = aws_vpc.this.id\n\n  route {\n    cidr_block         = "0.0.0.0/0"\n    transit_gateway_id = "tgw-0123456789abcdef0"\n  }\n',
        },
      ],
    },
    {
      title: "The control plane moves to the private subnets of one environment",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "module.network.intra_subnet_ids",
          with: "module.network.private_subnet_ids",
        },
      ],
    },
    {
      title: "Its subnets follow the main route table",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          replace: /resource "aws_route_table_association" "intra"[\s\S]*?\n}\n/,
          with: "",
        },
      ],
    },
  ],
});
