/** Which resource a value stands for. */
import type { TerraformRoot } from "./subject.ts";
import {
  AnyOf,
  isObject,
  OneOf,
  type Place,
  Reference,
  type Resource,
  textOf,
  type Value,
} from "./value.ts";

/** Whether a value is an attribute of the resource, or the text of its name. */
export function standsFor(value: Value | undefined, resource: Resource, name = "name"): boolean {
  if (value instanceof Reference) return value.resource === resource;
  const text = textOf(value);
  return text !== undefined && text === textOf(resource.get(name));
}

/** The resource of this type that a value is an attribute of. */
export const resourceOf = (value: Value | undefined, type: string): Resource | undefined =>
  value instanceof Reference && value.resource.type === type ? value.resource : undefined;

/** Where a root hands this text to a module: that is the line to change, not the module's. */
export function givenAt(root: TerraformRoot, text: string, fallback: Place): Place {
  for (const call of root.settings)
    if (call.mode === "module")
      for (const name of call.names())
        if (holdsText(call.get(name), text)) return call.origin(name)?.place ?? call.placeOf(name);
  return fallback;
}

function holdsText(value: Value | undefined, text: string): boolean {
  if (Array.isArray(value)) return value.some((each) => holdsText(each, text));
  if (value instanceof AnyOf) return holdsText(value.of, text);
  if (value instanceof OneOf) return value.values.some((each) => holdsText(each, text));
  if (isObject(value)) return Object.values(value).some((each) => holdsText(each, text));
  return value !== undefined && textOf(value) === text;
}
