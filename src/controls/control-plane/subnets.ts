import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { resourceOf } from "../evidence/link.ts";
import { waysOut } from "../evidence/subnets.ts";
import {
  blocksOf,
  leavesOf,
  placesOf,
  type Resource,
  showValue,
  textOf,
  type Value,
} from "../evidence/value.ts";

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
          const subnets: Resource[] = [];
          for (const value of leavesOf(block.subnet_ids)) {
            const subnet = resourceOf(value, "aws_subnet");
            if (subnet !== undefined) subnets.push(subnet);
            else
              probe.unresolved(
                place,
                `${cluster.address}: subnet_ids holds ${showValue(value)}, whose routes are not in this repository`,
                root.path,
              );
          }
          for (const subnet of subnets) {
            const ways = waysOut(root, subnet);
            if (ways.length === 0) probe.checked += 1;
            for (const { place: where, message, unresolved } of ways)
              if (unresolved) probe.unresolved(where, message, root.path);
              else probe.wrong(where, message, root.path);
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
          if (isSubnetList(block.subnet_ids))
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
