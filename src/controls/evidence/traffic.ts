/** Rules of security groups, whichever of the four ways they are written. */

import { ofType, type Probe } from "./probe.ts";
import type { TerraformRoot } from "./subject.ts";
import {
  blocksOf,
  leavesOf,
  mayBe,
  type Place,
  placesOf,
  Reference,
  type Resource,
  showValue,
  textsOf,
  Unknown,
  type Value,
} from "./value.ts";

export interface TrafficRule {
  direction: "in" | "out";
  resource: Resource;
  /** `tcp`, `udp`, `-1` …; of several the widest, unknown ones as `${…}`. */
  protocol: string;
  from: number;
  to: number;
  /** Address ranges, IPv4 and IPv6, those of prefix lists of this repository included. */
  ranges: string[];
  /** Prefix lists whose ranges the text does not tell. */
  lists: Value[];
  /** The group that the rule belongs to. */
  group: Value | undefined;
  /** A group or prefix list is named on the other side. */
  named: boolean;
  description: string;
  place: Place;
  /** Where one of its arguments is set, by the first of these names that is there; the rule itself otherwise. */
  placeOf(...names: readonly string[]): Place;
  /** Why it cannot be told what the rule is. */
  unresolved?: string;
}

/** Names of the arguments, of all resource types. */
export const RANGES = ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"];
export const LISTS = ["prefix_list_id", "prefix_list_ids"];
export const PORTS = ["from_port", "to_port"];
export const PROTOCOL = ["ip_protocol", "protocol"];

/** The resources that hold rules. */
export const RULE_TYPES = [
  "aws_vpc_security_group_ingress_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_security_group_rule",
  "aws_security_group",
  "aws_default_security_group",
] as const;

/** Every rule of a root. */
export function rulesOf(root: TerraformRoot): TrafficRule[] {
  return [
    ...ofType(root, "aws_vpc_security_group_ingress_rule").map((rule) => single(root, rule, "in")),
    ...ofType(root, "aws_vpc_security_group_egress_rule").map((rule) => single(root, rule, "out")),
    ...ofType(root, "aws_security_group_rule").map((rule) =>
      listed(
        root,
        rule,
        (name) => rule.get(name),
        textsOf(rule.get("type")).join() === "egress" ? "out" : "in",
        rule.get("security_group_id"),
        rule.place,
        placeIn(rule),
      ),
    ),
    ...ofType(root, "aws_security_group", "aws_default_security_group").flatMap((group) =>
      (["ingress", "egress"] as const).flatMap((name) => inline(root, group, name)),
    ),
  ];
}

/** Rules within a group, as blocks or as a list of objects. */
function inline(root: TerraformRoot, group: Resource, name: "ingress" | "egress"): TrafficRule[] {
  const direction = name === "egress" ? "out" : "in";
  const own = new Reference(group, ["id"]);
  return leavesOf(group.get(name)).flatMap((value) => {
    if (value instanceof Unknown)
      return [
        {
          ...listed(
            root,
            group,
            () => undefined,
            direction,
            own,
            group.placeOf(name),
            () => group.placeOf(name),
          ),
          unresolved: `${name} is ${showValue(value)}`,
        },
      ];
    return blocksOf(value).map((block) => {
      const known = placesOf(block);
      const place = known?.self ?? group.placeOf(name);
      return listed(
        root,
        group,
        (key) => block[key],
        direction,
        own,
        place,
        (...names) => {
          const found = names.find((each) => known?.arguments.has(each) && isSet(block[each]));
          return known?.arguments.get(found ?? "") ?? place;
        },
      );
    });
  });
}

const isSet = (value: Value | undefined): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

const placeIn =
  (rule: Resource): TrafficRule["placeOf"] =>
  (...names) => {
    const found = names.find((name) => isSet(rule.get(name)));
    return found === undefined ? rule.place : rule.placeOf(found);
  };

const port = (value: Value | undefined, fallback: number): number => {
  const found = value === undefined || value === null ? Number.NaN : Number(value);
  return Number.isNaN(found) ? fallback : found;
};

/** Of several that it may be, the widest. */
function protocolOf(value: Value | undefined): string {
  const texts = textsOf(value).map((text) => text.toLowerCase());
  if (texts.length === 0) return "-1";
  return texts.find((text) => ["-1", "all"].includes(text)) ?? [...new Set(texts)].join("|");
}

const single = (
  root: TerraformRoot,
  rule: Resource,
  direction: TrafficRule["direction"],
): TrafficRule => ({
  direction,
  resource: rule,
  protocol: protocolOf(rule.get("ip_protocol")),
  from: port(rule.get("from_port"), 0),
  to: port(rule.get("to_port"), 65535),
  ...otherSide(
    root,
    [rule.get("cidr_ipv4"), rule.get("cidr_ipv6")],
    [rule.get("prefix_list_id")],
    [rule.get("referenced_security_group_id")],
  ),
  group: rule.get("security_group_id"),
  description: textsOf(rule.get("description"))[0] ?? "",
  place: rule.place,
  placeOf: placeIn(rule),
});

const listed = (
  root: TerraformRoot,
  resource: Resource,
  get: (name: string) => Value | undefined,
  direction: TrafficRule["direction"],
  group: Value | undefined,
  place: Place,
  at: TrafficRule["placeOf"],
): TrafficRule => ({
  direction,
  resource,
  protocol: protocolOf(get("protocol")),
  from: port(get("from_port"), 0),
  to: port(get("to_port"), 65535),
  ...otherSide(
    root,
    [get("cidr_blocks"), get("ipv6_cidr_blocks")],
    [get("prefix_list_ids")],
    [get("security_groups"), get("source_security_group_id"), get("self") === true ? "self" : null],
  ),
  group,
  description: textsOf(get("description"))[0] ?? "",
  place,
  placeOf: at,
});

function otherSide(
  root: TerraformRoot,
  ranges: readonly (Value | undefined)[],
  prefixLists: readonly (Value | undefined)[],
  groups: readonly (Value | undefined)[],
): Pick<TrafficRule, "ranges" | "lists" | "named"> {
  const found = prefixLists.flatMap(leavesOf);
  const known = found.map((list) => rangesOfList(root, list));
  return {
    ranges: [...ranges.flatMap((range) => textsOf(range)), ...known.flatMap((each) => each ?? [])],
    lists: found.filter((_, index) => known[index] === undefined),
    named: found.length > 0 || groups.some((group) => textsOf(group).length > 0),
  };
}

/** The ranges of a prefix list that the root makes; undefined for any other. */
export function rangesOfList(root: TerraformRoot, list: Value): string[] | undefined {
  if (!(list instanceof Reference) || list.resource.mode !== "managed") return undefined;
  const { resource } = list;
  if (resource.type !== "aws_ec2_managed_prefix_list") return undefined;
  return [
    ...leavesOf(resource.get("entry")).flatMap((entry) =>
      entry instanceof Unknown
        ? textsOf(entry)
        : blocksOf(entry).flatMap(({ cidr }) => textsOf(cidr)),
    ),
    ...ofType(root, "aws_ec2_managed_prefix_list_entry")
      .filter((entry) => mayBe(entry.get("prefix_list_id"), resource))
      .flatMap((entry) => textsOf(entry.get("cidr"))),
  ];
}

/** Whether a range is, or may be, everything: `0.0.0.0/0`, `::/0`, or so wide that it comes to the same. */
export const isWorld = (range: string): boolean => {
  const length = /\/(\d{1,3})$/.exec(range)?.[1];
  if (length === undefined) return false;
  return range.includes(":") ? Number(length) < 16 : Number(length) < 8;
};

/** Private networks (RFC 1918) and the range that carriers share (RFC 6598). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const parse = (range: string): { base: number; length: number } | undefined => {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(range);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = match.slice(1).map(Number);
  return { base: ((a * 256 + b) * 256 + c) * 256 + d, length };
};

/** Whether an IPv4 range lies within another. */
function isWithin(inner: string, outer: string): boolean {
  const [small, large] = [parse(inner), parse(outer)];
  if (small === undefined || large === undefined || small.length < large.length) return false;
  const size = 2 ** (32 - large.length);
  return Math.floor(small.base / size) === Math.floor(large.base / size);
}

/** Whose addresses a range holds; `unknown` where the text does not say. */
export function reachOf(
  range: string,
  vpc: readonly string[],
): "vpc" | "private" | "internet" | "unknown" {
  if (vpc.some((own) => own === range || isWithin(range, own))) return "vpc";
  if (parse(range) !== undefined)
    return PRIVATE.some((own) => isWithin(range, own)) ? "private" : "internet";
  const six = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(range);
  if (six === null) return "unknown";
  return /^f[cd]/i.test(six[1] ?? "") && Number(six[2]) >= 7 ? "private" : "internet";
}

/** Whether a rule's ports hold one. */
export const opens = ({ protocol, from, to }: TrafficRule, wanted: number): boolean =>
  protocol === "-1" || protocol === "all" || (from <= wanted && wanted <= to);

/** Whether a rule is TCP on one port and nothing else. */
export const isOnly = ({ protocol, from, to }: TrafficRule, port: number): boolean =>
  (protocol === "tcp" || protocol === "6") && from === port && to === port;

/** Whether a rule belongs to one of these resources; undefined where its group is none that is made here. */
export function belongsTo(
  { group }: TrafficRule,
  owners: readonly Resource[],
): boolean | undefined {
  const leaves = leavesOf(group);
  if (leaves.some((leaf) => leaf instanceof Reference && owners.includes(leaf.resource)))
    return true;
  return leaves.length > 0 &&
    leaves.every((leaf) => leaf instanceof Reference && leaf.resource.mode === "managed")
    ? false
    : undefined;
}

/** Notes what the text does not say of the other side of a rule: ranges, and prefix lists that are made elsewhere. */
export function noteUnclear(
  probe: Probe,
  root: TerraformRoot,
  rule: TrafficRule,
  vpc: readonly string[],
  lists: readonly Value[] = rule.lists,
): void {
  const verb = rule.direction === "in" ? "lets in" : "lets out to";
  if (rule.unresolved !== undefined)
    probe.unresolved(rule.place, `${rule.resource.address}: ${rule.unresolved}`, root.path);
  for (const range of rule.ranges)
    if (reachOf(range, vpc) === "unknown")
      probe.unresolved(
        rule.placeOf(...RANGES),
        `${ruleName(rule)} ${verb} ${range}, and the text does not say what that is`,
        root.path,
      );
  for (const list of lists)
    probe.unresolved(
      rule.placeOf(...LISTS),
      `${ruleName(rule)} ${verb} the prefix list ${showValue(list)}, whose ranges are not in this repository`,
      root.path,
    );
}

/** How a rule reads in a message. */
export const ruleName = ({ resource, direction, protocol, from, to }: TrafficRule): string => {
  const ports = from === to ? `${from}` : `${from}-${to}`;
  return `${resource.address} (${direction}, ${protocol === "-1" ? "every protocol" : `${protocol} ${ports}`})`;
};
