import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { resourceOf } from "../evidence/link.ts";
import { routesFrom } from "../evidence/network.ts";
import { is } from "../evidence/require.ts";
import { isWorld } from "../evidence/traffic.ts";
import { blocksOf, placesOf, resourcesIn, textOf, type Value } from "../evidence/value.ts";

const isSubnetList = (value: Value | undefined): boolean =>
  Array.isArray(value) && value.every((each) => resourceOf(each, "aws_subnet") !== undefined);

export default control({
  id: "control-plane.subnets",
  title: "The control plane's interfaces lie in two or more zones, in subnets without a way out",
  why: "The interfaces need the VPC only: in a public subnet one wrong rule puts kubelets and the API within reach of the internet.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject))
        for (const block of blocksOf(cluster.get("vpc_config"))) {
          const place = placesOf(block)?.arguments.get("subnet_ids") ?? cluster.place;
          const value = block.subnet_ids;
          const subnets = resourcesIn(value, "aws_subnet");
          for (const subnet of subnets) probe.expect(subnet, "map_public_ip_on_launch", is(false));
          for (const route of routesFrom(probe, root, [{ resource: cluster, value, place }])) {
            const { resource, place: at, target, destinations, tables } = route;
            const leadsOut =
              target === "internet gateway" || target === "way out" || destinations.some(isWorld);
            if (target === "unknown" || (leadsOut && tables.length === 0))
              probe.unresolved(
                at,
                `${resource.address}: the text does not say whether it leads the control plane's subnets out`,
                root.path,
              );
            else
              probe.that(
                !leadsOut,
                at,
                `${cluster.address}: ${resource.address} leads its subnets out of the VPC (${destinations.join(", ")})`,
                root.path,
              );
          }
          const zones = new Set(
            subnets.map(
              (subnet) =>
                textOf(subnet.get("availability_zone_id") ?? undefined) ??
                textOf(subnet.get("availability_zone") ?? undefined) ??
                "",
            ),
          );
          // Of a list whose length is not known, one subnet stands for all.
          if (isSubnetList(value))
            probe.that(
              zones.size >= 2,
              place,
              `${cluster.address}: subnet_ids lie in ${zones.size === 1 ? "one zone" : "no zone"}`,
              root.path,
            );
        }
    }),
  ],
  fix: "Hand the intra subnets of the network module to control_plane_subnet_ids.",
  mutants: [
    {
      title: "In the nodes' subnets, which leave through NAT",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "module.network.intra_subnet_ids",
          with: "module.network.private_subnet_ids",
        },
      ],
    },
    {
      title: "The public subnets under the name of the intra ones",
      edits: [
        {
          file: "modules/network/outputs.tf",
          replace: "aws_subnet.intra[id].id",
          with: "aws_subnet.public[id].id",
        },
      ],
    },
    {
      title: "A way out for the intra subnets",
      edits: [
        {
          file: "modules/network/main.egress.tf",
          create:
            'resource "aws_route" "intra" {\n  for_each = toset(local.nat_zones)\n\n  route_table_id         = aws_route_table.intra.id\n  destination_cidr_block = "0.0.0.0/0"\n  nat_gateway_id         = aws_nat_gateway.this[each.key].id\n}\n',
        },
      ],
    },
    {
      title: "One zone only",
      edits: [
        {
          file: "environments/dev/main.cluster.tf",
          replace: "module.network.intra_subnet_ids",
          with: "slice(module.network.intra_subnet_ids, 0, 1)",
        },
      ],
    },
  ],
});
