/** What a value has to be, with the words for a message. */
import {
  AnyOf,
  isKnown,
  OneOf,
  Reference,
  showValue,
  Text,
  textOf,
  textsOf,
  Unknown,
  type Value,
} from "./value.ts";

/** `undefined`: the value is not known well enough to say. */
export type Verdict = boolean | undefined;

export interface Requirement {
  /** After "must": `be "required"`. */
  words: string;
  test(value: Value | undefined): Verdict;
}

/** Tests each value that it may come to. */
function each(value: Value | undefined, test: (value: Value | undefined) => Verdict): Verdict {
  if (value instanceof OneOf) return all(value.values.map((one) => each(one, test)));
  if (value instanceof AnyOf) return each(value.of, test);
  return test(value);
}

const all = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;

const requirement = (words: string, test: (value: Value | undefined) => Verdict): Requirement => ({
  words,
  test: (value) => each(value, test),
});

/** The value as a number, a boolean or a string, whichever way it is written. */
const plain = (value: Value | undefined): unknown =>
  value === "true" ? true : value === "false" ? false : value;

/** Exactly this; `"true"` is `true`, as in launch templates. */
export const is = (wanted: string | number | boolean): Requirement =>
  requirement(`be ${showValue(wanted)}`, (value) =>
    value instanceof Unknown || value instanceof Text
      ? couldNot(value, String(wanted))
      : plain(value) === plain(wanted) ||
        (typeof wanted === "number" && Number(value) === wanted && value !== null && value !== ""),
  );

/** A reference is never a literal; anything else unknown may be. */
const couldNot = (value: Unknown | Text, wanted: string): Verdict =>
  value instanceof Text && typeof value.parts[0] === "string" && !wanted.startsWith(value.parts[0])
    ? false
    : undefined;

const numeric = (words: string, test: (value: number) => boolean): Requirement =>
  requirement(words, (value) => {
    if (value instanceof Unknown || value instanceof Text) return undefined;
    if (value === null || value === undefined || value === "" || typeof value === "boolean")
      return false;
    const number = Number(value);
    return !Number.isNaN(number) && test(number);
  });

export const atLeast = (least: number): Requirement =>
  numeric(`be at least ${least}`, (value) => value >= least);
export const atMost = (most: number): Requirement =>
  numeric(`be at most ${most}`, (value) => value <= most);

export const oneOf = (...wanted: readonly (string | number | boolean)[]): Requirement =>
  requirement(`be one of ${wanted.map(showValue).join(", ")}`, (value) =>
    value instanceof Unknown || value instanceof Text
      ? undefined
      : wanted.some((each) => plain(each) === plain(value)),
  );

/** A string, every one of those it may be, that matches; unknown parts read `${…}`. */
export const matches = (pattern: RegExp, words: string): Requirement =>
  requirement(words, (value) => {
    if (value === undefined || value === null) return false;
    const texts = textsOf(value);
    if (texts.length === 0) return isKnown(value) ? false : undefined;
    return texts.every((text) => pattern.test(text));
  });

/** A list or set that holds all of these, whatever else. */
export const holds = (...wanted: readonly string[]): Requirement =>
  requirement(`hold ${wanted.join(", ")}`, (value) => {
    const texts = textsOf(value);
    const has = wanted.every((each) => texts.includes(each));
    return has ? true : value instanceof Unknown ? undefined : false;
  });

/** A list or set of exactly these. */
export const isSetOf = (...wanted: readonly string[]): Requirement =>
  requirement(`be exactly ${wanted.join(", ")}`, (value) => {
    if (value instanceof Unknown) return undefined;
    const texts = textsOf(value);
    return texts.length === wanted.length && wanted.every((each) => texts.includes(each));
  });

/** Not set, or null, or empty. */
export const absent: Requirement = requirement("not be set", (value) =>
  value instanceof Unknown && !value.notNull
    ? undefined
    : value === undefined ||
      value === null ||
      value === "" ||
      (Array.isArray(value) && value.length === 0),
);

export const present: Requirement = requirement("be set", (value) =>
  value instanceof Reference || value instanceof Text
    ? true
    : value instanceof Unknown
      ? value.notNull || undefined
      : value !== undefined &&
        value !== null &&
        value !== "" &&
        !(Array.isArray(value) && value.length === 0),
);

/** An attribute of a resource of this repository of one of these types. */
export const refersTo = (...types: readonly string[]): Requirement =>
  requirement(`come from ${types.join(" or ")} of this repository`, (value) =>
    value instanceof Reference
      ? types.includes(value.resource.type)
      : value instanceof Unknown
        ? undefined
        : false,
  );

/** A KMS key that this repository makes, so that its rotation and its policy are checked too. */
export const ownKey: Requirement = {
  ...refersTo("aws_kms_key"),
  words: "be a KMS key of this repository",
};

/** The requirement, or nothing set at all. */
export const orAbsent = (inner: Requirement): Requirement =>
  requirement(`${inner.words}, or not be set`, (value) =>
    value === undefined || value === null ? true : inner.test(value),
  );

/** Text of a value for a message. */
export const shown = (value: Value | undefined): string =>
  value === undefined || value === null
    ? "not set"
    : (showValue(value).slice(0, 120) ?? textOf(value));
