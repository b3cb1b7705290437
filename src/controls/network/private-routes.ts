import { control, terraform } from "../control.ts";
import { ownNetworks, residencesOfNodes, routesOf, tablesOf } from "../evidence/network.ts";

export default control({
  id: "network.private-routes",
  title:
    "Subnets of nodes and endpoints have no route to an internet gateway, and none out where egress is none",
  why: "A subnet with a route to an internet gateway is public: an address is all that a node in it needs to be reached from outside, past the NAT gateway.",
  severity: "high",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of ownNetworks(subject, probe, "routes of the private subnets")) {
        probe.some(root, "managed node group", "aws_eks_node_group");
        const tables = tablesOf(probe, root, residencesOfNodes(root));
        const isClosed = subject.config?.environments[root.name]?.network.egress === "none";
        for (const { resource, place, target, tables: of } of routesOf(root)) {
          const isPrivate = of.some((table) => tables.includes(table));
          if (isPrivate) {
            probe.that(
              target !== "internet gateway",
              place,
              `${resource.address} leads a private subnet to an internet gateway`,
              root.path,
            );
            probe.that(
              target !== "other",
              place,
              `${resource.address} leads a private subnet to something that is no NAT gateway`,
              root.path,
            );
            probe.that(
              !(isClosed && target === "way out"),
              place,
              `${resource.address} leads a private subnet out, though hardened-eks.yaml says egress: none`,
              root.path,
            );
          }
          if ((isPrivate && target === "unknown") || (of.length === 0 && target !== "other"))
            probe.unresolved(
              place,
              `${resource.address}: the text does not say from which table or to which gateway it leads`,
              root.path,
            );
        }
      }
    }),
  ],
  fix: "Route private subnets to a NAT gateway, or nowhere, and put nodes and endpoints into private subnets.",
  mutants: [
    {
      title: "Private subnets leave through the internet gateway",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          replace: "nat_gateway_id         = aws_nat_gateway.this[each.value].id",
          with: "gateway_id             = aws_internet_gateway.this[0].id",
        },
      ],
    },
    {
      title: "Through an instance that plays NAT gateway",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          replace: "nat_gateway_id         = aws_nat_gateway.this[each.value].id",
          with: 'network_interface_id   = "eni-0123456789abcdef0"',
        },
      ],
    },
    {
      title: "Half of the internet, in a route of its own",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          append:
            '\nresource "aws_route" "private_fast" {\n  for_each = local.nat_zone_of\n\n  route_table_id         = aws_route_table.private[each.key].id\n  destination_cidr_block = "128.0.0.0/1"\n  gateway_id             = one(aws_internet_gateway.this[*].id)\n}\n',
        },
      ],
    },
    {
      title: "Private subnets share the public table",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          replace: "route_table_id = aws_route_table.private[each.key].id",
          with: "route_table_id = aws_route_table.public[0].id",
        },
      ],
    },
    {
      title: "Nodes live in the public subnets",
      edits: [
        {
          file: "modules/network/outputs.tf",
          replace: "aws_subnet.private[id].id",
          with: "aws_subnet.public[id].id",
        },
      ],
    },
  ],
});
