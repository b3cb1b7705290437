/** Where a subnet's traffic may go. */
import { resourceOf } from "./link.ts";
import { ofType } from "./probe.ts";
import type { TerraformRoot } from "./subject.ts";
import { isWorld } from "./traffic.ts";
import {
  blocksOf,
  type Place,
  placesOf,
  Reference,
  type Resource,
  textsOf,
  Unknown,
  type Value,
} from "./value.ts";

/** What lets a subnet out of the VPC, or leaves that open. */
export interface WayOut {
  place: Place;
  message: string;
  unresolved?: true;
}

const TABLES = ["aws_route_table", "aws_default_route_table"];
const GATEWAYS = /^aws_(internet_gateway|egress_only_internet_gateway|nat_gateway)$/;

/** Why a subnet may reach, or be reached from, the internet; nothing where its table has local routes only. */
export function waysOut(root: TerraformRoot, subnet: Resource): WayOut[] {
  const found: WayOut[] = [];
  if (![undefined, null, false, "false"].includes(subnet.get("map_public_ip_on_launch") as string))
    found.push({
      place: subnet.placeOf("map_public_ip_on_launch"),
      message: `${subnet.address} gives its interfaces public addresses`,
    });
  const associations = ofType(root, "aws_route_table_association").filter(
    (each) => resourceOf(each.get("subnet_id"), "aws_subnet") === subnet,
  );
  if (associations.length === 0)
    found.push({
      place: subnet.place,
      message: `${subnet.address} has no route table of its own, so the VPC's main table routes it`,
    });
  for (const association of associations) {
    const value = association.get("route_table_id");
    const table = TABLES.map((type) => resourceOf(value, type)).find((each) => each !== undefined);
    if (table === undefined)
      found.push({
        place: association.placeOf("route_table_id"),
        message: `${association.address}: its route table is not known`,
        unresolved: true,
      });
    else
      found.push(
        ...routesOf(root, table).map((route) => ({
          ...route,
          message: `${subnet.address}: ${route.message}`,
        })),
      );
  }
  return found;
}

function routesOf(root: TerraformRoot, table: Resource): WayOut[] {
  const inline = blocksOf(table.get("route")).map((block) => ({
    get: (name: string): Value | undefined => block[name],
    place: placesOf(block)?.self ?? table.placeOf("route"),
    name: table.address,
  }));
  const single = ofType(root, "aws_route")
    .filter((route) => belongs(route.get("route_table_id"), table))
    .map((route) => ({
      get: (name: string) => route.get(name),
      place: route.place,
      name: route.address,
    }));
  return [...inline, ...single].flatMap(({ get, place, name }) => {
    const ranges = [
      "cidr_block",
      "ipv6_cidr_block",
      "destination_cidr_block",
      "destination_ipv6_cidr_block",
    ].flatMap((argument) => textsOf(get(argument)));
    const gateway = ["gateway_id", "nat_gateway_id", "egress_only_gateway_id"]
      .map(get)
      .find((value) => value instanceof Reference && GATEWAYS.test(value.resource.type));
    return ranges.some(isWorld) || gateway !== undefined
      ? [{ place, message: `${name} leads out of the VPC (${ranges.join(", ")})` }]
      : [];
  });
}

/** A route whose table is not known may be of any. */
const belongs = (value: Value | undefined, table: Resource): boolean =>
  value instanceof Reference ? value.resource === table : value instanceof Unknown;
