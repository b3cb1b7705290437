/** Rules of security groups, whichever of the four ways they are written. */

import { ofType } from "./probe.ts";
import type { TerraformRoot } from "./subject.ts";
import { blocksOf, type Place, placesOf, type Resource, textsOf, type Value } from "./value.ts";

export interface TrafficRule {
  direction: "in" | "out";
  resource: Resource;
  /** `tcp`, `udp`, `-1` … */
  protocol: string;
  from: number;
  to: number;
  /** Address ranges, IPv4 and IPv6. */
  ranges: string[];
  /** The group that the rule belongs to. */
  group: Value | undefined;
  /** A group or prefix list is named on the other side. */
  named: boolean;
  description: string;
  place: Place;
}

/** Every rule of a root. */
export function rulesOf(root: TerraformRoot): TrafficRule[] {
  return [
    ...ofType(root, "aws_vpc_security_group_ingress_rule").map((rule) => single(rule, "in")),
    ...ofType(root, "aws_vpc_security_group_egress_rule").map((rule) => single(rule, "out")),
    ...ofType(root, "aws_security_group_rule").map((rule) =>
      listed(
        rule,
        (name) => rule.get(name),
        textsOf(rule.get("type"))[0] === "egress" ? "out" : "in",
        rule.get("security_group_id"),
        rule.place,
      ),
    ),
    ...ofType(root, "aws_security_group", "aws_default_security_group").flatMap((group) =>
      (["ingress", "egress"] as const).flatMap((name) =>
        blocksOf(group.get(name)).map((block) =>
          listed(
            group,
            (key) => block[key],
            name === "egress" ? "out" : "in",
            group.get("id"),
            placesOf(block)?.self ?? group.place,
          ),
        ),
      ),
    ),
  ];
}

const port = (value: Value | undefined, fallback: number): number => {
  const found = value === undefined || value === null ? Number.NaN : Number(value);
  return Number.isNaN(found) ? fallback : found;
};

function single(rule: Resource, direction: "in" | "out"): TrafficRule {
  const protocol = textsOf(rule.get("ip_protocol"))[0] ?? "-1";
  return {
    direction,
    resource: rule,
    protocol,
    from: port(rule.get("from_port"), 0),
    to: port(rule.get("to_port"), 65535),
    ranges: [...textsOf(rule.get("cidr_ipv4")), ...textsOf(rule.get("cidr_ipv6"))],
    group: rule.get("security_group_id"),
    named:
      textsOf(rule.get("referenced_security_group_id")).length > 0 ||
      textsOf(rule.get("prefix_list_id")).length > 0,
    description: textsOf(rule.get("description"))[0] ?? "",
    place: rule.place,
  };
}

function listed(
  resource: Resource,
  get: (name: string) => Value | undefined,
  direction: "in" | "out",
  group: Value | undefined,
  place: Place,
): TrafficRule {
  return {
    direction,
    resource,
    protocol: textsOf(get("protocol"))[0] ?? "-1",
    from: port(get("from_port"), 0),
    to: port(get("to_port"), 65535),
    ranges: [...textsOf(get("cidr_blocks")), ...textsOf(get("ipv6_cidr_blocks"))],
    group,
    named:
      textsOf(get("security_groups")).length > 0 ||
      textsOf(get("source_security_group_id")).length > 0 ||
      textsOf(get("prefix_list_ids")).length > 0 ||
      get("self") === true,
    description: textsOf(get("description"))[0] ?? "",
    place,
  };
}

/** Whether a range is, or may be, everything: `0.0.0.0/0`, `::/0`, or so wide that it comes to the same. */
export const isWorld = (range: string): boolean => {
  const length = /\/(\d{1,3})$/.exec(range)?.[1];
  if (length === undefined) return false;
  return range.includes(":") ? Number(length) < 16 : Number(length) < 8;
};

/** Whether a rule's ports hold one. */
export const opens = ({ protocol, from, to }: TrafficRule, wanted: number): boolean =>
  protocol === "-1" || protocol === "all" || (from <= wanted && wanted <= to);
