/**
 * Protocol buffers, as far as the plugin protocol needs them.
 * The schemas are encoded when they are packed, so at run time they are only copied; what is left is
 * a handful of flat messages. For those a code generator or a reflection library would be many times
 * the size of this file, and slower to load.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Builds one message. A field that holds its default is left out, as proto3 does. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  /** Length-delimited: bytes, a string, or another message. Left out where `undefined`. */
  bytes(field: number, value: Uint8Array | string | Message | undefined): this {
    if (value === undefined) return this;
    const bytes =
      typeof value === "string"
        ? encoder.encode(value)
        : value instanceof Message
          ? value.finish()
          : value;
    this.#push(varint((field << 3) | 2));
    this.#push(varint(bytes.length));
    this.#push(bytes);
    return this;
  }

  /** A non-negative integer or a bool. */
  int(field: number, value: number | boolean | undefined): this {
    const number = Number(value ?? 0);
    if (number === 0) return this;
    this.#push(varint(field << 3));
    this.#push(varint(number));
    return this;
  }

  /** An integer that is written even where it is zero (a member of a oneof). */
  explicitInt(field: number, value: number): this {
    this.#push(varint(field << 3));
    this.#push(varint(value));
    return this;
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** One field of a message as it came. */
export interface Field {
  field: number;
  /** Of a varint. */
  number: number;
  /** Of a length-delimited field. */
  bytes: Uint8Array;
}

const none = new Uint8Array();

/** The fields of a message, in order. Throws `RangeError` where it is cut off. */
export function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("the message ends within a number");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError("the message ends within a field");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = number();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { field, number: number(), bytes: none };
        break;
      case 1:
        yield { field, number: 0, bytes: take(8) };
        break;
      case 2:
        yield { field, number: 0, bytes: take(number()) };
        break;
      case 5:
        yield { field, number: 0, bytes: take(4) };
        break;
      default:
        throw new RangeError(`wire type ${tag % 8} is not used by proto3`);
    }
  }
}

/** The last value of a length-delimited field, or `undefined`. */
export function bytesOf(message: Uint8Array, field: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const each of fields(message)) if (each.field === field) found = each.bytes;
  return found;
}

/** A string field; empty where absent. */
export const textOf = (message: Uint8Array, field: number): string =>
  decoder.decode(bytesOf(message, field) ?? none);
