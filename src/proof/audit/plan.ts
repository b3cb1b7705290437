/**
 * A plan in JSON as the subject of an audit. What the provider plans counts; what it will know only after the apply, such
 * as which key an ARN belongs to, is taken from the repository's text, evaluated with the plan's own variables.
 */
import type { TerraformRoot } from "../../controls/evidence/subject.ts";
import {
  AnyOf,
  isKnown,
  isObject,
  Json,
  OneOf,
  type Place,
  placesOf,
  Reference,
  type Resource,
  setPlaces,
  Text,
  Unknown,
  type Value,
  type ValueObject,
} from "../../controls/evidence/value.ts";
import { fromData } from "../terraform/functions.ts";
import type { Evaluated } from "../terraform/roots.ts";
import { kindOf } from "../terraform/roots.ts";
import type { PlanJson, PlanModule } from "../types.ts";

type Data = Record<string, unknown>;

interface Entry {
  mode: "managed" | "data";
  type: string;
  name: string;
  address: string;
  values: Data;
  unknown: unknown;
}

const record = (value: unknown): Data =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};

/**
 * Reads a plan.
 *
 * @param name what the plan is called in messages
 * @param written the roots as the repository writes them; the one that the plan is of is found by its resources
 */
export function readPlan(
  plan: PlanJson,
  name: string,
  written: readonly TerraformRoot[],
  withVariables: Evaluated["withVariables"],
): TerraformRoot {
  const entries = entriesOf(plan);
  const nearest = nearestRoot(entries, written);
  const values = Object.fromEntries(
    Object.entries(record(plan.variables)).map(([key, variable]) => [key, record(variable).value]),
  );
  const text = nearest === undefined ? undefined : withVariables(nearest.path, values);
  const path = text?.path ?? name;
  const resources = overlay(entries, text, path, { file: name, line: 1 });
  return {
    path,
    kind: text?.kind ?? kindOf(path, resources, []),
    name: path.slice(path.lastIndexOf("/") + 1),
    place: text?.place ?? { file: name, line: 1 },
    resources,
    // Where the state lies no plan tells.
    settings: (text?.settings ?? []).filter(({ mode }) => mode === "provider" || mode === "module"),
  };
}

/** The address without keys: the same for all instances. */
const bare = (address: string): string => address.replaceAll(/\[[^\]]*\]/g, "");

function nearestRoot(
  entries: readonly Entry[],
  written: readonly TerraformRoot[],
): TerraformRoot | undefined {
  const planned = new Map(entries.map((entry) => [bare(entry.address), entry]));
  let best: { root: TerraformRoot; score: number } | undefined;
  for (const root of written) {
    let score = 0;
    for (const resource of root.resources) {
      const entry = planned.get(bare(resource.address));
      if (entry === undefined) continue;
      // Roots of two environments have the same resources; their names tell them apart.
      const known = resource.get("name");
      score += typeof known === "string" && known === entry.values.name ? 3 : 1;
    }
    if (score > (best?.score ?? 0)) best = { root, score };
  }
  return best?.root;
}

function entriesOf(plan: PlanJson): Entry[] {
  const unknown = new Map<string, unknown>();
  for (const change of plan.resource_changes ?? [])
    unknown.set(String(change.address), record(change.change).after_unknown);
  const found = new Map<string, Entry>();
  const walk = (module: PlanModule | undefined, dataOnly: boolean): void => {
    for (const { address, mode, type, name, values } of module?.resources ?? [])
      if (!dataOnly || mode === "data")
        found.set(address, {
          mode,
          type,
          name,
          address,
          values: values ?? {},
          unknown: unknown.get(address),
        });
    for (const child of module?.child_modules ?? []) walk(child, dataOnly);
  };
  // Data sources that were read while planning are in the state before it.
  walk(record(record(plan.prior_state).values).root_module as PlanModule | undefined, true);
  walk(plan.planned_values?.root_module, false);
  return [...found.values()];
}

/** The planned resources, each over what the text says of it. */
function overlay(
  entries: readonly Entry[],
  text: TerraformRoot | undefined,
  root: string,
  nowhere: Place,
): Resource[] {
  const written = new Map((text?.resources ?? []).map((each) => [each.address, each]));
  const byBare = new Map((text?.resources ?? []).map((each) => [bare(each.address), each]));
  const planned = new Map(entries.map((entry) => [entry.address, entry]));
  const merge = merger(planned);
  const known = new Map<string, Resource>();
  const relink = relinker(known);
  const made = entries.map((entry): Resource => {
    // An instance whose key the text does not tell is still the block that it comes from.
    const own = written.get(entry.address) ?? byBare.get(bare(entry.address));
    const place = own?.place ?? nowhere;
    const memo = new Map<string, Value | undefined>();
    const resource: Resource = {
      mode: entry.mode,
      type: entry.type,
      name: entry.name,
      address: entry.address,
      root,
      place,
      get: (name) => {
        if (!memo.has(name))
          memo.set(
            name,
            relink(merge(own?.get(name), entry.values[name], record(entry.unknown)[name])),
          );
        return memo.get(name);
      },
      names: () =>
        own?.names() ?? Object.keys(entry.values).filter((name) => !isZero(entry.values[name])),
      placeOf: (name) => own?.placeOf(name) ?? place,
      origin: (name) => own?.origin(name),
    };
    known.set(entry.address, resource);
    return resource;
  });
  // What was read while planning does not show in a first plan; its text does.
  const data = (text?.resources ?? [])
    .filter(({ mode, address }) => mode === "data" && !planned.has(address))
    .map((each): Resource => ({ ...each, get: (name) => relink(each.get(name)) }));
  for (const each of data) known.set(each.address, each);
  return [...made, ...data];
}

/** Points references at the planned resources instead of the written ones. */
function relinker(known: ReadonlyMap<string, Resource>) {
  const relink = (value: Value | undefined): Value | undefined => {
    if (value === undefined) return undefined;
    if (value instanceof Reference) {
      const resource = known.get(value.resource.address);
      return resource === undefined ? value : new Reference(resource, value.path);
    }
    if (value instanceof Text)
      return new Text(
        value.parts.map((part) => (typeof part === "string" ? part : (relink(part) as Unknown))),
      );
    if (value instanceof AnyOf) return new AnyOf(relink(value.of) ?? null, value.name, value.why);
    if (value instanceof OneOf)
      return new OneOf(
        value.values.map((each) => relink(each) ?? null),
        value.name,
        value.why,
      );
    if (value instanceof Json) return new Json(relink(value.value) ?? null);
    if (Array.isArray(value)) return value.map((each) => relink(each) ?? null);
    if (!isObject(value)) return value;
    const made: ValueObject = {};
    for (const [name, each] of Object.entries(value)) made[name] = relink(each) ?? null;
    const places = placesOf(value);
    if (places !== undefined) setPlaces(made, places);
    return made;
  };
  return relink;
}

/** What a provider writes where nothing is set. */
const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0);

/** Puts a planned value over the written one. */
function merger(planned: ReadonlyMap<string, Entry>) {
  /** Whether the plan says of the resource that is referred to what it says here. */
  const agrees = ({ resource, path }: Reference, value: unknown): boolean => {
    let at: unknown = planned.get(resource.address)?.values;
    for (const step of path) at = record(Array.isArray(at) ? { ...at } : at)[String(step)];
    return at === undefined || JSON.stringify(at) === JSON.stringify(value);
  };

  const merge = (text: Value | undefined, value: unknown, unknown: unknown): Value | undefined => {
    if (unknown === true || value === undefined) return text;
    if (text === undefined || text === null) return isZero(value) ? text : fromData(value);
    if (text instanceof Reference) return agrees(text, value) ? text : fromData(value);
    if (text instanceof Text) return couldBe(text, value) ? text : fromData(value);
    if (text instanceof AnyOf || text instanceof OneOf || text instanceof Unknown)
      return isZero(value) ? text : fromData(value);
    if (Array.isArray(text)) return mergeList(text, value, unknown);
    if (isObject(text)) return mergeObject(text, Array.isArray(value) ? value[0] : value, unknown);
    if (typeof value === "object") return isKnown(text) ? text : fromData(value);
    return fromData(value);
  };

  const mergeList = (text: Value[], value: unknown, unknown: unknown): Value => {
    if (!Array.isArray(value)) return text;
    const gaps = Array.isArray(unknown) ? unknown : [];
    if (value.length === text.length && text.every(isObject)) {
      const order = pair(text, value);
      return text.map((each, index) => {
        const at = order[index] ?? index;
        return merge(each, value[at], gaps[at]) ?? null;
      });
    }
    const known = isKnown(text) || gaps.length === 0 || !gaps.some((gap) => gap !== false);
    return known && text.every((each) => !(each instanceof Unknown) && !(each instanceof Text))
      ? value.map((each) => fromData(each))
      : text;
  };

  const mergeObject = (text: ValueObject, value: unknown, unknown: unknown): ValueObject => {
    const made: ValueObject = {};
    const [given, gaps] = [record(value), record(Array.isArray(unknown) ? unknown[0] : unknown)];
    for (const name of new Set([...Object.keys(text), ...Object.keys(given)])) {
      const own = Object.hasOwn(text, name) ? text[name] : undefined;
      const merged = merge(own, given[name], gaps[name]);
      if (merged !== undefined) made[name] = merged;
    }
    const places = placesOf(text);
    // Whether a dynamic block is there the plan knows.
    if (places !== undefined) setPlaces(made, { self: places.self, arguments: places.arguments });
    return made;
  };
  return merge;
}

/**
 * Which planned block each written one is: providers sort blocks that are sets. A written block that no planned one can be
 * takes what is left, and differs from it.
 */
function pair(text: readonly Value[], value: readonly unknown[]): number[] {
  const left = value.map((_, index) => index);
  const take = (fits: (at: number) => boolean): number | undefined => {
    const found = left.findIndex(fits);
    return found === -1 ? undefined : left.splice(found, 1)[0];
  };
  const order = text.map((each) => take((at) => mayComeTo(each, value[at])));
  return order.map((at) => at ?? (take(() => true) as number));
}

/** Whether a written value may be the planned one. */
function mayComeTo(text: Value, value: unknown): boolean {
  if (value === undefined) return true;
  if (text instanceof Text) return couldBe(text, value) || isZero(value);
  if (text instanceof Unknown || text instanceof Json) return true;
  if (text === null) return isZero(value);
  if (Array.isArray(text)) {
    if (!Array.isArray(value)) return false;
    return (
      value.length === 0 || text.every((each) => value.some((other) => mayComeTo(each, other)))
    );
  }
  if (isObject(text)) {
    const given = record(Array.isArray(value) ? value[0] : value);
    return Object.entries(text).every(([name, each]) => mayComeTo(each, given[name]));
  }
  return String(text) === String(value);
}

/** Whether a text with unknown parts may be this string. */
function couldBe(text: Text, value: unknown): boolean {
  if (typeof value !== "string") return false;
  const source = text.parts
    .map((part) =>
      typeof part === "string" ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&") : ".*",
    )
    .join("");
  return new RegExp(`^${source}$`, "s").test(value);
}
