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
  return maybe === undefined || isPerElement(value, maybe) ? inner : [maybe, ...inner];
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

/** Whether a block is there once for each element of what is given, and made of it. */
function isPerElement(block: Value, maybe: Unknown): boolean {
  if (maybe instanceof Reference) return true;
  if (maybe instanceof OneOf) return false;
  const elements = new Set(unknownsOf(elementOf(maybe)).map(({ name }) => name));
  return unknownsOf(block).some(({ name }) => elements.has(name));
}
