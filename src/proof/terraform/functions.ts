/** Terraform's functions, as far as a text alone can answer them. */
import {
  AnyOf,
  elementOf,
  isKnown,
  isObject,
  Json,
  OneOf,
  Text,
  textOf,
  Unknown,
  unknownsOf,
  type Value,
  type ValueObject,
} from "../../controls/evidence/value.ts";
import { readYaml } from "../../options/yaml.ts";

/** An expression that terraform would refuse as well; `try` and `can` catch it. */
export class EvaluationError extends Error {}

/** Reads a file of the repository by its path in it; undefined where there is none that may be read. */
export type ReadFile = (path: string) => string | undefined;

type Implementation = (args: Value[], read: ReadFile) => Value;

const fail = (message: string): never => {
  throw new EvaluationError(message);
};

/** Joins strings and unknowns to one string, as far as it is known. */
export function concatText(values: readonly Value[]): Value {
  const parts: (string | Unknown)[] = [];
  const add = (part: string | Unknown): void => {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else parts.push(part);
  };
  for (const value of values) {
    if (value instanceof Text) value.parts.forEach(add);
    else if (value instanceof Unknown) add(value);
    else if (value instanceof Json) add(new Unknown(value.toString(), "parts are not known", true));
    else {
      const text = textOf(value);
      if (text === undefined) return fail("a template holds a value that is no string");
      add(text);
    }
  }
  if (parts.length === 0) return "";
  if (parts.length === 1 && typeof parts[0] === "string") return parts[0];
  return new Text(parts);
}

/** Whether two values are the same; an `Unknown` where that is not known. */
export function same(a: Value, b: Value): boolean | Unknown {
  if (a === b) return true;
  const notSure = (): Unknown =>
    new Unknown("a comparison", [...unknownsOf(a), ...unknownsOf(b)][0]?.why ?? "not known");
  if (a === null || b === null) {
    const other = a === null ? b : a;
    return other instanceof Unknown && !other.notNull ? notSure() : false;
  }
  if (!isKnown(a) || !isKnown(b)) {
    if (textOf(a) !== undefined && textOf(a) === textOf(b)) return true;
    if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
    if (a instanceof Text && typeof b === "string" && !couldBe(a, b)) return false;
    if (b instanceof Text && typeof a === "string" && !couldBe(b, a)) return false;
    return notSure();
  }
  if (Array.isArray(a) && Array.isArray(b))
    return (
      a.length === b.length && a.every((each, index) => same(each, b[index] as Value) === true)
    );
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    return (
      names.length === Object.keys(b).length &&
      names.every((name) => name in b && same(a[name] as Value, b[name] as Value) === true)
    );
  }
  return false;
}

/** Whether the known ends of a text allow it to be this string. */
function couldBe(text: Text, other: string): boolean {
  const first = text.parts[0];
  const last = text.parts.at(-1);
  if (typeof first === "string" && !other.startsWith(first)) return false;
  return !(typeof last === "string" && !other.endsWith(last));
}

const list = (value: Value): Value[] => {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.values(value);
  return fail("a list is expected");
};
const object = (value: Value): ValueObject => (isObject(value) ? value : fail("a map is expected"));
const string = (value: Value): string => {
  const text = value instanceof Text ? undefined : textOf(value);
  return text ?? fail("a string is expected");
};
const number = (value: Value): number => {
  const found = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof found === "number" && !Number.isNaN(found) ? found : fail("a number is expected");
};

/** No two of the same, in the order of their first. */
function unique(values: readonly Value[]): Value[] {
  const found: Value[] = [];
  for (const value of values)
    if (!found.some((other) => same(other, value) === true)) found.push(value);
  return found;
}

const byText = (a: Value, b: Value): number => {
  const [one, other] = [textOf(a) ?? "", textOf(b) ?? ""];
  return one < other ? -1 : one > other ? 1 : 0;
};
export const setOf = (values: readonly Value[]): Value[] => {
  const found = unique(values);
  return found.every((value) => textOf(value) !== undefined) ? found.sort(byText) : found;
};

const keysOf = (value: Value): string[] => Object.keys(object(value)).sort();

const flat = (values: readonly Value[]): Value[] =>
  values.flatMap((value) => (Array.isArray(value) ? flat(value) : [value]));

/** Go's verbs, the ones that Terraform's users write. */
function format(args: readonly Value[]): Value {
  const [spec = "", ...rest] = args;
  const parts: Value[] = [];
  let from = 0;
  const text = string(spec);
  for (const match of text.matchAll(/%(%|[-+ #0]*\d*(?:\.\d+)?[a-zA-Z])/g)) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[1] === "%") parts.push("%");
    else {
      const value = rest.shift() ?? null;
      const verb = match[1]?.at(-1);
      if (verb === "q") parts.push('"', value, '"');
      else if (verb === "d" && /^0\d+d$/.test(match[1] ?? ""))
        parts.push(String(number(value)).padStart(Number.parseInt(match[1] ?? "0", 10), "0"));
      else parts.push(value === null ? "null" : value);
    }
  }
  parts.push(text.slice(from));
  return concatText(parts);
}

/** RE2 and JavaScript agree on what is written here; the leading flags need a translation. */
function regularExpression(source: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(source);
  try {
    return new RegExp(
      flags === null ? source : source.slice(flags[0].length),
      `${flags?.[1] ?? ""}u`,
    );
  } catch {
    return fail("the regular expression is not valid");
  }
}

function regexResult(match: RegExpMatchArray): Value {
  if (match.groups !== undefined)
    return Object.fromEntries(Object.entries(match.groups).map(([k, v]) => [k, v ?? null]));
  return match.length > 1 ? match.slice(1).map((part) => part ?? null) : match[0];
}

const text1 =
  (change: (text: string) => Value): Implementation =>
  ([value = null]) =>
    change(string(value));

/** `startswith` and `endswith` see as far as the text is known. */
const edge =
  (at: "start" | "end"): Implementation =>
  ([value = null, part = null]) => {
    const wanted = string(part);
    if (!(value instanceof Text))
      return at === "start" ? string(value).startsWith(wanted) : string(value).endsWith(wanted);
    const known = at === "start" ? value.parts[0] : value.parts.at(-1);
    if (typeof known !== "string") return new Unknown("a comparison", "parts are not known");
    const shown =
      at === "start" ? known.slice(0, wanted.length) : known.slice(-wanted.length || known.length);
    if (shown.length < wanted.length) {
      const fits = at === "start" ? wanted.startsWith(shown) : wanted.endsWith(shown);
      return fits ? new Unknown("a comparison", "parts are not known") : false;
    }
    return shown === wanted;
  };

/** `alltrue` and `anytrue`: one value decides, whatever the others are. */
const every =
  (decides: boolean): Implementation =>
  ([values = null]) => {
    const all = list(values);
    if (all.some((value) => value === decides)) return decides;
    return all.find((value) => value instanceof Unknown) ?? !decides;
  };

/** A plain value of JSON or YAML. */
export const fromData = (data: unknown): Value => {
  if (Array.isArray(data)) return data.map(fromData);
  if (typeof data === "object" && data !== null)
    return Object.fromEntries(Object.entries(data).map(([name, each]) => [name, fromData(each)]));
  return (data ?? null) as Value;
};
const toData = (value: Value): unknown =>
  Array.isArray(value)
    ? value.map(toData)
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toData(each)]))
      : value;

const encodeBase64 = (text: string): string => Buffer.from(text).toString("base64");

/** Functions whose every argument has to be known at its top. */
const strict: Record<string, Implementation> = {
  abs: ([value = null]) => Math.abs(number(value)),
  base64decode: text1((text) => Buffer.from(text, "base64").toString()),
  base64encode: text1(encodeBase64),
  basename: text1((text) => text.slice(text.lastIndexOf("/") + 1)),
  ceil: ([value = null]) => Math.ceil(number(value)),
  chunklist: ([values = null, size = null]) => {
    const all = list(values);
    const step = Math.max(1, number(size));
    return Array.from({ length: Math.ceil(all.length / step) }, (_, at) =>
      all.slice(at * step, at * step + step),
    );
  },
  compact: ([values = null]) => list(values).filter((value) => value !== null && value !== ""),
  concat: (args) => args.flatMap(list),
  contains: ([values = null, value = null]) => {
    const found = list(values).map((each) => same(each, value));
    return found.includes(true) || (found.find((each) => each instanceof Unknown) ?? false);
  },
  dirname: text1((text) => text.slice(0, Math.max(0, text.lastIndexOf("/")))),
  distinct: ([values = null]) => unique(list(values)),
  element: ([values = null, index = null]) => {
    const all = list(values);
    return all[number(index) % Math.max(1, all.length)] ?? fail("there is no such element");
  },
  endswith: edge("end"),
  file: ([path = null], read) =>
    read(string(path)) ?? fail(`${textOf(path)} cannot be read as text`),
  filebase64: ([path = null], read) =>
    encodeBase64(read(string(path)) ?? fail(`${textOf(path)} cannot be read as text`)),
  fileexists: ([path = null], read) => read(string(path)) !== undefined,
  flatten: ([values = null]) => flat(list(values)),
  floor: ([value = null]) => Math.floor(number(value)),
  format,
  formatlist: ([spec = "", ...rest]) => {
    const length = Math.max(0, ...rest.map((value) => (Array.isArray(value) ? value.length : 0)));
    return Array.from({ length }, (_, at) =>
      format([spec, ...rest.map((value) => (Array.isArray(value) ? (value[at] ?? null) : value))]),
    );
  },
  index: ([values = null, value = null]) => {
    const found = list(values).findIndex((each) => same(each, value) === true);
    return found === -1 ? fail("the value is not in the list") : found;
  },
  join: ([separator = "", ...lists]) => {
    const all = lists.flatMap(list);
    return concatText(all.flatMap((value, index) => (index === 0 ? [value] : [separator, value])));
  },
  jsondecode: text1((text) => {
    try {
      return fromData(JSON.parse(text));
    } catch {
      return fail("this is no JSON");
    }
  }),
  keys: ([value = null]) => keysOf(value),
  length: ([value = null]) =>
    typeof value === "string"
      ? [...value].length
      : Array.isArray(value)
        ? value.length
        : keysOf(value).length,
  lookup: ([value = null, key = null, fallback]) => {
    const found = object(value)[string(key)];
    return found ?? fallback ?? fail(`there is no ${textOf(key)}`);
  },
  lower: text1((text) => text.toLowerCase()),
  max: (args) => Math.max(...args.map(number)),
  merge: (args) => Object.assign({}, ...args.filter((value) => value !== null).map(object)),
  min: (args) => Math.min(...args.map(number)),
  one: ([values = null]) => {
    const all = list(values);
    return all.length > 1 ? fail("there is more than one") : (all[0] ?? null);
  },
  parseint: ([text = null, base = null]) => Number.parseInt(string(text), number(base)),
  pow: ([base = null, exponent = null]) => number(base) ** number(exponent),
  range: (args) => {
    const [from, to, step] = args.length === 1 ? [0, number(args[0] ?? 0), 1] : args.map(number);
    const found: number[] = [];
    const by = step ?? 1;
    for (let at = from ?? 0; by > 0 ? at < (to ?? 0) : at > (to ?? 0); at += by) {
      if (by === 0 || found.length >= 1024) return fail("the range is too long");
      found.push(at);
    }
    return found;
  },
  regex: ([source = null, text = null]) => {
    const match = regularExpression(string(source)).exec(string(text));
    return match === null ? fail("nothing matches") : regexResult(match);
  },
  regexall: ([source = null, text = null]) => {
    const found = regularExpression(string(source));
    return [...string(text).matchAll(new RegExp(found.source, `${found.flags}g`))].map(regexResult);
  },
  replace: ([text = null, part = null, by = null]) => {
    const pattern = string(part);
    return pattern.length > 2 && pattern.startsWith("/") && pattern.endsWith("/")
      ? string(text).replace(
          new RegExp(regularExpression(pattern.slice(1, -1)).source, "gu"),
          string(by).replaceAll(/\$\{?(\w+)\}?/g, "$$$1"),
        )
      : string(text).replaceAll(pattern, () => string(by));
  },
  reverse: ([values = null]) => [...list(values)].reverse(),
  setintersection: ([first = null, ...rest]) =>
    setOf(
      list(first).filter((value) =>
        rest.every((other) => list(other).some((each) => same(each, value) === true)),
      ),
    ),
  setsubtract: ([first = null, second = null]) =>
    setOf(list(first).filter((value) => !list(second).some((each) => same(each, value) === true))),
  setunion: (args) => setOf(args.flatMap(list)),
  slice: ([values = null, from = null, to = null]) => list(values).slice(number(from), number(to)),
  sort: ([values = null]) => [...list(values)].sort(byText),
  split: ([separator = null, text = null]) => string(text).split(string(separator)),
  startswith: edge("start"),
  strcontains: ([text = null, part = null]) => string(text).includes(string(part)),
  substr: ([text = null, from = null, length = null]) => {
    const all = string(text);
    const start = number(from) < 0 ? all.length + number(from) : number(from);
    return number(length) < 0 ? all.slice(start) : all.slice(start, start + number(length));
  },
  sum: ([values = null]) => list(values).reduce<number>((sum, value) => sum + number(value), 0),
  title: text1((text) => text.replaceAll(/\b\p{L}/gu, (letter) => letter.toUpperCase())),
  tobool: ([value = null]) =>
    value === "true" || value === true
      ? true
      : value === "false" || value === false
        ? false
        : fail("this is no bool"),
  tolist: ([value = null]) => list(value),
  tomap: ([value = null]) => object(value),
  tonumber: ([value = null]) => (value === null ? null : number(value)),
  toset: ([value = null]) => setOf(list(value)),
  trim: ([text = null, cut = null]) => {
    const set = new Set(string(cut));
    let [from, to] = [0, string(text).length];
    while (from < to && set.has(string(text)[from] as string)) from += 1;
    while (to > from && set.has(string(text)[to - 1] as string)) to -= 1;
    return string(text).slice(from, to);
  },
  trimprefix: ([text = null, prefix = null]) =>
    string(text).startsWith(string(prefix))
      ? string(text).slice(string(prefix).length)
      : string(text),
  trimspace: text1((text) => text.trim()),
  trimsuffix: ([text = null, suffix = null]) =>
    string(text).endsWith(string(suffix)) && string(suffix) !== ""
      ? string(text).slice(0, -string(suffix).length)
      : string(text),
  upper: text1((text) => text.toUpperCase()),
  urlencode: text1((text) => encodeURIComponent(text)),
  values: ([value = null]) => keysOf(value).map((key) => object(value)[key] as Value),
  yamldecode: text1((text) => {
    const read = readYaml(text, "lenient", 100);
    return "flaw" in read || read.documents.length > 1
      ? fail("this is no YAML")
      : fromData(read.documents[0]?.data ?? null);
  }),
  zipmap: ([names = null, values = null]) =>
    Object.fromEntries(list(names).map((name, at) => [string(name), list(values)[at] ?? null])),
  alltrue: every(false),
  anytrue: every(true),
};

/** Functions that make something of an unknown argument too. */
const lenient: Record<string, Implementation> = {
  coalesce: (args) => {
    const found = args.find((value) => value !== null && value !== "");
    return found instanceof Unknown && !found.notNull
      ? new Unknown(`coalesce(${found.name}, …)`, found.why, true)
      : (found ?? fail("every argument is null"));
  },
  coalescelist: (args) =>
    args.find((value) => value instanceof Unknown || (Array.isArray(value) && value.length > 0)) ??
    fail("every list is empty"),
  jsonencode: ([value = null]) =>
    isKnown(value) ? JSON.stringify(toData(value)) : new Json(value),
  nonsensitive: ([value = null]) => value,
  sensitive: ([value = null]) => value,
  ephemeralasnull: ([value = null]) => value,
  tostring: ([value = null]) =>
    value === null || value instanceof Unknown || value instanceof Text ? value : string(value),
};

const JOINS = new Set(["concat", "setunion"]);
const KEEPS = new Set(["compact", "distinct", "flatten", "reverse", "sort", "tolist", "toset"]);

/** A list of which parts are not known: what is known of it stays in sight, as one of those that any element may be. */
function joinedLists(name: string, args: readonly Value[]): Value | undefined {
  const [first] = args;
  if (KEEPS.has(name) && args.length === 1 && first instanceof AnyOf)
    return new AnyOf(first.of, `${name}(${first.name})`, first.why);
  const missing = args.find((value) => value instanceof Unknown);
  if (!JOINS.has(name) || !(missing instanceof Unknown)) return undefined;
  const elements = unique(args.flatMap(elementsOf));
  const [only] = elements;
  const label = `${name}(${missing.name}, …)`;
  return elements.length === 1 && only !== undefined
    ? new AnyOf(only, label, missing.why)
    : new AnyOf(new OneOf(elements, label, missing.why), label, missing.why);
}

const elementsOf = (value: Value): Value[] => {
  if (value instanceof OneOf) return value.values.flatMap(elementsOf);
  if (value instanceof AnyOf && value.of instanceof OneOf) return [...value.of.values];
  if (value instanceof Unknown) return [elementOf(value)];
  return value === null ? [] : list(value);
};

/** Calls a function. Throws `EvaluationError` where terraform would refuse. */
export function callFunction(name: string, args: Value[], read: ReadFile): Value {
  const easy = lenient[name.replace(/^core::/, "")];
  if (easy !== undefined) return easy(args, read);
  const known = strict[name.replace(/^core::/, "")];
  if (known === undefined)
    return new Unknown(`${name}(…)`, `the function ${name} is not evaluated here`);
  const joined = joinedLists(name, args);
  if (joined !== undefined) return joined;
  const missing = args.find((value) => value instanceof Unknown);
  if (missing instanceof Unknown) return new Unknown(`${name}(${missing.name})`, missing.why, true);
  const partly = args.find((value) => value instanceof Text);
  try {
    return known(args, read);
  } catch (error) {
    // A string that is known in parts only is not wrong, it is not known.
    if (partly instanceof Text && error instanceof EvaluationError)
      return new Unknown(`${name}(${partly})`, unknownsOf(partly)[0]?.why ?? "", true);
    throw error;
  }
}
