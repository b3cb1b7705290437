/** What makes a subnet public: a route to an internet gateway. */
import { ofType } from "./probe.ts";
import type { TerraformRoot } from "./subject.ts";
import { blocksOf, type Place, placesOf, Reference, type Resource, type Value } from "./value.ts";

/** Whether a value is an attribute of that resource. */
const isOf = (value: Value | undefined, { address }: Resource): boolean =>
  value instanceof Reference && value.resource.address === address;

/** Why a subnet of the repository may be public, and where that is written; empty where it is private. */
export function publicRoutes(
  root: TerraformRoot,
  subnet: Resource,
): { why: string; place: Place }[] {
  const associations = ofType(root, "aws_route_table_association").filter((association) =>
    isOf(association.get("subnet_id"), subnet),
  );
  if (associations.length === 0)
    return [
      {
        why: "no route table is associated with it, so the VPC's main one holds",
        place: subnet.place,
      },
    ];
  return associations.flatMap((association) => {
    const table = association.get("route_table_id");
    if (!(table instanceof Reference) || table.resource.type !== "aws_route_table")
      return [
        {
          why: "its route table is none of this repository",
          place: association.placeOf("route_table_id"),
        },
      ];
    const inline = blocksOf(table.resource.get("route")).flatMap((block) =>
      leadsOut(block.gateway_id)
        ? [
            {
              why: "its route table has a route to an internet gateway",
              place: placesOf(block)?.self ?? table.resource.place,
            },
          ]
        : [],
    );
    const routes = ofType(root, "aws_route")
      .filter((route) => isOf(route.get("route_table_id"), table.resource))
      .filter((route) => leadsOut(route.get("gateway_id")))
      .map((route) => ({
        why: "its route table has a route to an internet gateway",
        place: route.placeOf("gateway_id"),
      }));
    return [...inline, ...routes];
  });
}

/** Virtual private gateways and gateway endpoints go by the same argument; what is not known may be the internet. */
function leadsOut(gateway: Value | undefined): boolean {
  if (gateway === undefined || gateway === null || gateway === "" || gateway === "local")
    return false;
  if (gateway instanceof Reference)
    return !["aws_vpn_gateway", "aws_vpc_endpoint"].includes(gateway.resource.type);
  return !(typeof gateway === "string" && /^(vgw|vpce)-/.test(gateway));
}
