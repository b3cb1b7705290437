/**
 * What an expression of a repository comes to, as far as its text says. What only an apply could tell is
 * an `Unknown` with the reason; it is never guessed.
 */

/** Where something is written; `line` and `column` count from 1. */
export interface Place {
  file: string;
  line: number;
  column?: number;
}

export type Value =
  | string
  | number
  | boolean
  | null
  | Value[]
  | ValueObject
  | Unknown
  | Text
  | Json;
export interface ValueObject {
  [name: string]: Value;
}

/** A value that the text does not tell. Two with the same name stand for the same value. */
export class Unknown {
  /** How it reads in a message: `var.account_id`. */
  readonly name: string;
  /** Why it is not known. */
  readonly why: string;
  /** It cannot be null, whatever it is. */
  readonly notNull: boolean;

  constructor(name: string, why: string, notNull = false) {
    this.name = name;
    this.why = why;
    this.notNull = notNull;
  }

  toString(): string {
    return `\${${this.name}}`;
  }
}

/** An attribute that AWS gives to a resource of the repository: `aws_kms_key.secrets.arn`. */
export class Reference extends Unknown {
  readonly resource: Resource;
  readonly path: readonly (string | number)[];

  constructor(resource: Resource, path: readonly (string | number)[]) {
    super([resource.address, ...path].join("."), "AWS gives it at apply", true);
    this.resource = resource;
    this.path = path;
  }
}

/** One of several values; which one is not known. */
export class OneOf extends Unknown {
  readonly values: readonly Value[];

  constructor(values: readonly Value[], name: string, why: string) {
    super(
      name,
      why,
      values.every((value) => value !== null),
    );
    this.values = values;
  }
}

/** One element that stands for all of a list, `for_each` or `count` whose length or keys are not known. */
export class AnyOf extends Unknown {
  readonly of: Value;

  constructor(of: Value, name: string, why: string) {
    super(name, why, true);
    this.of = of;
  }
}

/** What stands for every element of a collection that is not known. */
export const elementOf = (value: Unknown): Value =>
  value instanceof AnyOf ? value.of : new Unknown(`each of ${value.name}`, value.why, true);

/** A string of which parts are not known. */
export class Text {
  readonly parts: readonly (string | Unknown)[];

  constructor(parts: readonly (string | Unknown)[]) {
    this.parts = parts;
  }

  toString(): string {
    return this.parts.join("");
  }
}

/** `jsonencode()` of a value of which parts are not known. */
export class Json {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }

  toString(): string {
    return showValue(this.value);
  }
}

/** A resource, data source, provider, backend or call, one for each instance. */
export interface Resource {
  mode: "managed" | "data" | "provider" | "backend" | "terraform" | "module" | "variable";
  type: string;
  name: string;
  /** With the path of modules and the key: `module.nodes.aws_launch_template.node["default"]`. */
  address: string;
  /** The root that it belongs to. */
  root: string;
  /** Where its block begins. */
  place: Place;
  /** Present where it is not known whether it exists at all. */
  maybe?: Unknown;
  /** What an argument or the list of nested blocks of that name comes to; undefined where nothing is set. */
  get(name: string): Value | undefined;
  /** Names of the arguments and blocks that are set. */
  names(): string[];
  /** Where an argument is set; the block itself where it is not. */
  placeOf(name: string): Place;
  /** How the argument gets its value, from the resource to where it is set: for messages. */
  origin(name: string): { text: string; place: Place } | undefined;
}

/** Where a nested block and its arguments are written. */
interface Places {
  self: Place;
  arguments: ReadonlyMap<string, Place>;
  maybe?: Unknown | undefined;
}

const places = new WeakMap<object, Places>();

/** Remembers where an object value is written. */
export function setPlaces(value: ValueObject, known: Places): void {
  places.set(value, known);
}

/** Where an object value is written, if it is a nested block or an item of an object. */
export const placesOf = (value: Value | undefined): Places | undefined =>
  typeof value === "object" && value !== null ? places.get(value) : undefined;

export const isObject = (value: Value | undefined): value is ValueObject =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Unknown) &&
  !(value instanceof Text) &&
  !(value instanceof Json);

/** Whether nothing in it is unknown. */
export function isKnown(value: Value | undefined): boolean {
  if (value instanceof Unknown || value instanceof Text || value instanceof Json) return false;
  if (Array.isArray(value)) return value.every(isKnown);
  if (isObject(value)) return Object.values(value).every(isKnown);
  return true;
}

/** Every unknown in a value. */
export function unknownsOf(value: Value | undefined): Unknown[] {
  if (value instanceof Unknown) return [value];
  if (value instanceof Text)
    return value.parts.filter((part): part is Unknown => part instanceof Unknown);
  if (value instanceof Json) return unknownsOf(value.value);
  if (Array.isArray(value)) return value.flatMap(unknownsOf);
  if (isObject(value)) return Object.values(value).flatMap(unknownsOf);
  return [];
}

/** The value as a reader would write it; unknown parts as `${…}`. */
export function showValue(value: Value | undefined): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Text) return JSON.stringify(value.toString());
  if (value instanceof Json) return `jsonencode(${showValue(value.value)})`;
  if (value instanceof Unknown) return value.name;
  if (Array.isArray(value)) return `[${value.map(showValue).join(", ")}]`;
  if (isObject(value))
    return `{ ${Object.entries(value)
      .map(([name, each]) => `${name} = ${showValue(each)}`)
      .join(", ")} }`;
  return String(value);
}

/** Strings as they are, unknown parts as `${…}`; undefined for what is no string. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Text || value instanceof Unknown) return value.toString();
  return undefined;
}

/** Every string that a value may come to: of a list its elements, of a choice each choice. */
export function textsOf(value: Value | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (value instanceof AnyOf) return textsOf(value.of);
  if (value instanceof OneOf) return value.values.flatMap(textsOf);
  if (value instanceof Text && value.parts.some((part) => part instanceof OneOf))
    return choices(value.parts);
  const text = textOf(value);
  return text === undefined ? [] : [text];
}

/** The strings that a value holds whichever way its choices turn out. */
export function certainTextsOf(value: Value | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(certainTextsOf);
  if (value instanceof AnyOf) return certainTextsOf(value.of);
  if (value instanceof OneOf) {
    const [first = [], ...others] = value.values.map(certainTextsOf);
    return first.filter((text) => others.every((other) => other.includes(text)));
  }
  const texts = new Set(textsOf(value));
  return texts.size === 1 ? [...texts] : [];
}

/** At most so many strings of one text. */
const MAX_CHOICES = 64;

function choices(parts: readonly (string | Unknown)[]): string[] {
  let found = [""];
  for (const part of parts) {
    const ends = part instanceof OneOf ? part.values.flatMap(textsOf) : [part.toString()];
    found = found.flatMap((start) => ends.map((end) => start + end)).slice(0, MAX_CHOICES);
  }
  return found;
}

/** What a value may come to, one by one: elements of lists, choices, the one that stands for all. */
export function leavesOf(value: Value | undefined): Value[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (value instanceof AnyOf) return leavesOf(value.of);
  if (value instanceof OneOf) return value.values.flatMap(leavesOf);
  return [value];
}

/** The resources that a value refers to. */
export const resourcesIn = (value: Value | undefined, ...types: readonly string[]): Resource[] =>
  leavesOf(value).flatMap((leaf) =>
    leaf instanceof Reference && (types.length === 0 || types.includes(leaf.resource.type))
      ? [leaf.resource]
      : [],
  );

/** Whether a value names a resource, or something that the text does not tell apart from it: an id, a data source. */
export const mayBe = (value: Value | undefined, resource: Resource): boolean =>
  leavesOf(value).some(
    (leaf) =>
      !(leaf instanceof Reference) || leaf.resource.mode === "data" || leaf.resource === resource,
  );

/** Nested blocks by name, also where JSON syntax or a plan gives a single object. */
export function blocksOf(value: Value | undefined): ValueObject[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}
