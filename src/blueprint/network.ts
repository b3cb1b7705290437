/** Address plan of a VPC. */
import netmask from "netmask";
import type { ZonePlan } from "./types.ts";

const { Netmask } = netmask;

/** AWS allows VPCs of /16 to /28; below /22 our smallest subnets would be under AWS's /28. */
export const VPC_PREFIX = { widest: 16, narrowest: 22 } as const;

/** The n-th block of the given prefix length within a range. */
function block(cidr: string, prefix: number, index: number): string {
  const first = new Netmask(`${new Netmask(cidr).base}/${prefix}`);
  return (index === 0 ? first : first.next(index)).toString();
}

/**
 * Splits a VPC over two or three zones. A quarter of the range is one zone's private subnet;
 * the last quarter holds sixteen small blocks: the public subnets first, the control plane's from the ninth.
 *
 * @param cidr IPv4 range, /16 to /22
 * @param zoneIds two or three zone ids
 */
export function planZones(
  cidr: string,
  zoneIds: readonly string[],
  withPublic: boolean,
): ZonePlan[] {
  const { bitmask } = new Netmask(cidr);
  const lastQuarter = block(cidr, bitmask + 2, 3);
  return zoneIds.map((zoneId, index) => ({
    zoneId,
    ...(withPublic ? { publicCidr: block(lastQuarter, bitmask + 6, index) } : {}),
    privateCidr: block(cidr, bitmask + 2, index),
    intraCidr: block(lastQuarter, bitmask + 6, 8 + index),
  }));
}

/** Whether two IPv4 ranges share an address. */
export function rangesOverlap(a: string, b: string): boolean {
  const [left, right] = [new Netmask(a), new Netmask(b)];
  return left.contains(right) || right.contains(left);
}

/** What is wrong with an IPv4 range as text, or nothing. */
export function rangeProblem(cidr: string): string | undefined {
  try {
    const parsed = new Netmask(cidr);
    const prefix = cidr.split("/")[1];
    if (String(parsed.bitmask) !== prefix) return "is not an IPv4 range";
    if (parsed.base !== cidr.split("/")[0])
      return `has host bits set; the range is ${parsed.toString()}`;
    return undefined;
  } catch {
    return "is not an IPv4 range";
  }
}

/** Ranges that no VPC can have (RFC 6890). */
const RESERVED = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];
/** Ranges of private networks. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** What kind of addresses a sound range has. */
export function rangeKind(cidr: string): "reserved" | "private" | "public" {
  if (RESERVED.some((range) => rangesOverlap(cidr, range))) return "reserved";
  return PRIVATE.some((range) => new Netmask(range).contains(cidr)) ? "private" : "public";
}

/** A service range for ClusterIPs that does not meet the VPC. */
export function serviceCidr(vpc: string): string {
  return rangesOverlap(vpc, "172.20.0.0/16") ? "10.100.0.0/16" : "172.20.0.0/16";
}
