/** Configuration values as terraform encodes them: MessagePack, with extensions for what is unknown. */
import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";
import { UNKNOWN, type Value } from "../rules/rule.ts";

const codec = new ExtensionCodec();
// 0: unknown. 12: unknown, with what is known about it.
for (const type of [0, 12]) codec.register({ type, encode: () => null, decode: () => UNKNOWN });

/** Decodes a value. */
export const decodeValue = (bytes: Uint8Array): Value =>
  decode(bytes, { extensionCodec: codec }) as Value;

/** Encodes a known value. */
export const encodeValue = (value: string | Record<string, string>): Uint8Array => encode(value);
