import { control, terraform } from "../control.ts";
import { routesFrom } from "../evidence/network.ts";
import { is } from "../evidence/require.ts";
import { leavesOf, resourcesIn } from "../evidence/value.ts";

export default control({
  id: "nodes.private-subnets",
  title: "Nodes run in subnets without a route to an internet gateway",
  why: "In a public subnet one public address, given by hand or by a later default, connects a node to the internet in both directions.",
  severity: "high",
  mapping: {
    cisEks: ["5.4.3"],
    nsaCisa: ["Network separation and hardening"],
  },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          const place = group.placeOf("subnet_ids");
          const value = group.get("subnet_ids");
          const subnets = leavesOf(value);
          probe.that(subnets.length > 0, place, `${group.address}: it names no subnet`, root.path);
          for (const subnet of resourcesIn(value, "aws_subnet"))
            probe.expect(subnet, "map_public_ip_on_launch", is(false));
          for (const route of routesFrom(probe, root, [{ resource: group, value, place }])) {
            const { resource, place: at, target, tables } = route;
            if (target === "unknown" || (target === "internet gateway" && tables.length === 0))
              probe.unresolved(
                at,
                `${resource.address}: the text does not say whether it leads ${group.address} to an internet gateway`,
                root.path,
              );
            else
              probe.that(
                target !== "internet gateway",
                at,
                `${group.address}: ${resource.address} leads its subnets to an internet gateway`,
                root.path,
              );
          }
        }
    }),
  ],
  fix: "Give the node groups the private subnets, and route those through NAT or not at all.",
  mutants: [
    {
      title: "The groups get the public subnets",
      edits: [
        {
          file: "modules/network/outputs.tf",
          append:
            '\noutput "node_subnet_ids" {\n  description = "Subnets of the nodes."\n  value       = [for subnet in aws_subnet.public : subnet.id]\n}\n',
        },
        {
          file: "environments/prod/main.nodes.tf",
          replace: "module.network.private_subnet_ids",
          with: "module.network.node_subnet_ids",
        },
      ],
    },
    {
      title: "The private subnets leave through the internet gateway",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          replace: "nat_gateway_id         = aws_nat_gateway.this[each.value].id",
          with: "gateway_id             = aws_internet_gateway.this[0].id",
        },
      ],
    },
    {
      title: "The private subnets use the public route table",
      edits: [
        {
          file: "modules/network/main.routes.tf",
          replace: "  route_table_id = aws_route_table.private[each.key].id\n}\n\n# Only",
          with: "  route_table_id = aws_route_table.public[0].id\n}\n\n# Only",
        },
      ],
    },
    {
      title: "One environment names a subnet by hand",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "module.network.private_subnet_ids",
          with: '["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]',
        },
      ],
    },
  ],
});
