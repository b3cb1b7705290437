import { createHash } from "node:crypto";

/** SHA-256 of a text (as UTF-8) or bytes, in hex. */
export const sha256 = (data: string | Buffer): string =>
  createHash("sha256").update(data).digest("hex");
