/** Which resource a value stands for. */
import { Reference, type Resource, textOf, type Value } from "./value.ts";

/** Whether a value is an attribute of the resource, or the text of its name. */
export function standsFor(value: Value | undefined, resource: Resource, name = "name"): boolean {
  if (value instanceof Reference) return value.resource === resource;
  const text = textOf(value);
  return text !== undefined && text === textOf(resource.get(name));
}

/** The resource of this type that a value is an attribute of. */
export const resourceOf = (value: Value | undefined, type: string): Resource | undefined =>
  value instanceof Reference && value.resource.type === type ? value.resource : undefined;

/** Elements of a list; what is no list, or not known, stands for itself. */
export const elementsOf = (value: Value | undefined): Value[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
