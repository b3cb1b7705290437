/** Address ranges. */
import ipaddr from "ipaddr.js";
import type { Complaint, Test } from "./rule.ts";

function check(value: string, version: 4 | 6, min: number, max: number): Complaint | undefined {
  const family = `IPv${version}`;
  const example = version === 4 ? "10.0.0.0/16" : "2001:db8::/56";
  const parser = version === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
  const wellFormed =
    version === 4
      ? /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(value)
      : /^[0-9a-f:.]+\/\d{1,3}$/i.test(value);
  if (!wellFormed || !parser.isValidCIDR(value))
    return {
      summary: `"${value}" is not an ${family} range`,
      detail: `A range is written as address and prefix length, such as "${example}".`,
    };
  const [, prefix] = parser.parseCIDR(value);
  const network = parser.networkAddressFromCIDR(value).toString();
  const [address] = value.split("/") as [string];
  if (parser.parse(address).toString() !== network)
    return {
      summary: `"${value}" is not the start of its range`,
      detail: `Bits after the prefix are set. Write "${network}/${prefix}".`,
    };
  if (prefix < min || prefix > max)
    return {
      summary: `"${value}" has a prefix length of ${prefix}`,
      detail: `Here it must be from ${min} to ${max}.`,
    };
  return undefined;
}

/** An IPv4 range that starts at its network address. */
export const cidr4 =
  (min = 0, max = 32): Test =>
  (value) =>
    check(String(value), 4, min, max);

/** An IPv6 range that starts at its network address. */
export const cidr6 =
  (min = 0, max = 128): Test =>
  (value) =>
    check(String(value), 6, min, max);

/** A range of either family. */
export const cidr: Test = (value) =>
  String(value).includes(":") ? check(String(value), 6, 0, 128) : check(String(value), 4, 0, 32);
