/** Choices that the text leaves open: a value, or a nested block, that is one thing or another by what is given at the run. */
import {
  AnyOf,
  elementOf,
  isObject,
  Json,
  OneOf,
  placesOf,
  Reference,
  Text,
  Unknown,
  unknownsOf,
  type Value,
} from "./value.ts";

/** Every open choice within a value. Two ways to write what is given are none. */
export function openChoices(value: Value | undefined): Unknown[] {
  if (value instanceof OneOf) return isSpelling(value) ? [] : [value];
  // Elements of a list that is put together are no choice.
  if (value instanceof AnyOf)
    return (value.of instanceof OneOf ? value.of.values : [value.of]).flatMap(openChoices);
  if (value instanceof Json) return openChoices(value.value);
  if (value instanceof Text)
    return value.parts.flatMap((part) => (typeof part === "string" ? [] : openChoices(part)));
  if (Array.isArray(value)) return value.flatMap(openChoices);
  if (!isObject(value)) return [];
  const maybe = placesOf(value)?.maybe;
  const inner = Object.values(value).flatMap(openChoices);
  return maybe === undefined || !isOpenWhether(maybe, [value]) ? inner : [maybe, ...inner];
}

/** Whether each alternative is a text, and one of them is given itself: a name with an id in it, or without. */
const isSpelling = ({ values }: OneOf): boolean =>
  values.some(isGiven) && values.every((value) => typeof value === "string" || isGiven(value));

/** Whether what a value comes to is given from outside, whichever way it is spelled. */
const isGiven = (value: Value): boolean =>
  value instanceof Text ||
  (value instanceof OneOf
    ? value.values.every(isGiven)
    : value instanceof Unknown && !(value instanceof Reference) && !(value instanceof AnyOf));

/**
 * Whether it is open if something exists at all, by the `for_each` or `count` that it depends on. One for each element of
 * what is given, and made of that element, is none: without elements there is nothing to be made. An attribute that AWS
 * gives (a `for_each` over zones) is none either.
 *
 * @param values what it is made of
 */
export function isOpenWhether(maybe: Unknown, values: readonly (Value | undefined)[]): boolean {
  if (maybe instanceof Reference) return false;
  if (maybe instanceof OneOf) return true;
  const elements = new Set(unknownsOf(elementOf(maybe)).map(({ name }) => name));
  return !values.some((value) => unknownsOf(value).some(({ name }) => elements.has(name)));
}
