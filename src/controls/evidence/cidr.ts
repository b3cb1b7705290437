/** Address ranges, as policies write them. */

export interface Range {
  bits: 32 | 128;
  start: bigint;
  length: number;
}

const known = new Map<string, Range | undefined>();

/** Reads `10.0.0.0/8`, `fd00:ec2::254/128` or a single address; undefined for anything else. */
export function rangeOf(text: string): Range | undefined {
  if (!known.has(text)) known.set(text, read(text));
  return known.get(text);
}

function read(text: string): Range | undefined {
  const [address = "", suffix] = text.trim().split("/");
  const start = address.includes(":") ? six(address) : four(address);
  if (start === undefined) return undefined;
  const bits = address.includes(":") ? 128 : 32;
  const length = suffix === undefined ? bits : Number(suffix);
  if (!Number.isInteger(length) || length < 0 || length > bits) return undefined;
  const host = BigInt(bits - length);
  return { bits, start: (start >> host) << host, length };
}

function four(address: string): bigint | undefined {
  const parts = address.split(".").map(Number);
  if (
    parts.length !== 4 ||
    !parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256)
  )
    return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function six(address: string): bigint | undefined {
  const [head = "", tail, ...more] = address.split("::");
  const words = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const before = words(head);
  const after = words(tail ?? "");
  const gap = 8 - before.length - after.length;
  if (more.length > 0 || (tail === undefined ? gap !== 0 : gap < 1)) return undefined;
  const all = [...before, ...Array<string>(gap).fill("0"), ...after];
  if (!all.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return all.reduce((sum, word) => sum * 65536n + BigInt(`0x${word}`), 0n);
}

/** Whether every address of one range lies in the other. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  if (a === undefined || b === undefined || a.bits !== b.bits || a.length > b.length) return false;
  const host = BigInt(a.bits - a.length);
  return a.start >> host === b.start >> host;
}
