import { hash } from "node:crypto";

const known = new WeakMap<Buffer, string>();

/** SHA-256 of a text (as UTF-8) or bytes, in hex. Bytes are hashed once: nobody here changes a buffer. */
export function sha256(data: string | Buffer): string {
  const before = typeof data === "string" ? undefined : known.get(data);
  if (before !== undefined) return before;
  const hex = hash("sha256", data);
  if (typeof data !== "string") known.set(data, hex);
  return hex;
}
