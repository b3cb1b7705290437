/** VPCs of an environment, and their flow logs. */
import { ofType } from "./probe.ts";
import type { TerraformRoot } from "./subject.ts";
import { type Place, Reference, type Resource, showValue, type Value } from "./value.ts";

/** A VPC with the flow logs of the whole of it. */
export interface Vpc {
  name: string;
  place: Place;
  flowLogs: Resource[];
}

/** VPCs that an environment makes, and those that its security groups are in. */
export function vpcsOf(root: TerraformRoot): Vpc[] {
  const places = new Map<string, Place>();
  for (const vpc of ofType(root, "aws_vpc")) places.set(vpc.address, vpc.place);
  for (const group of ofType(root, "aws_security_group")) {
    const name = nameOf(group.get("vpc_id"));
    if (!places.has(name)) places.set(name, group.placeOf("vpc_id"));
  }
  return [...places].map(([name, place]) => ({
    name,
    place,
    flowLogs: ofType(root, "aws_flow_log").filter((log) => nameOf(log.get("vpc_id")) === name),
  }));
}

const nameOf = (value: Value | undefined): string =>
  value instanceof Reference ? value.resource.address : showValue(value);
