/** A plan in JSON as the subject of an audit: values as the provider plans them, references from the configuration. */
import type { TerraformRoot } from "../../controls/evidence/subject.ts";
import {
  type Place,
  Reference,
  type Resource,
  setPlaces,
  Unknown,
  type Value,
  type ValueObject,
} from "../../controls/evidence/value.ts";
import { kindOf } from "../terraform/roots.ts";
import type { PlanJson, PlanModule } from "../types.ts";

type Data = Record<string, unknown>;

interface Entry {
  mode: "managed" | "data";
  type: string;
  name: string;
  index?: string | number | undefined;
  address: string;
  /** `module.nodes`, `module.identity["vpc-cni"]`; empty for the root. */
  module: string;
  values: Data;
  unknown: unknown;
  expressions: Data;
}

const record = (value: unknown): Data =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};

/**
 * Reads a plan.
 *
 * @param name what the plan is called in messages
 * @param written the roots as the repository writes them, to say where something stands
 */
export function readPlan(
  plan: PlanJson,
  name: string,
  written: readonly TerraformRoot[],
): TerraformRoot {
  const entries = entriesOf(plan);
  const root = nearestRoot(entries, written);
  const path = root?.path ?? name;
  const places = new Map((root?.resources ?? []).map((each) => [bare(each.address), each]));
  const nowhere: Place = { file: name, line: 1 };
  const model = new PlanModel(plan, entries, path, places, nowhere);
  const resources = model.resources();
  return {
    path,
    kind:
      kindOf(path, resources, []) === "other"
        ? kindByContents(resources)
        : kindOf(path, resources, []),
    name: path.slice(path.lastIndexOf("/") + 1),
    place: root?.place ?? nowhere,
    resources,
    settings: root?.settings ?? [],
  };
}

const kindByContents = (resources: readonly Resource[]): TerraformRoot["kind"] =>
  resources.some(({ type }) => type === "aws_s3_bucket_versioning") ? "bootstrap" : "other";

/** The address without keys: the same for all instances. */
const bare = (address: string): string => address.replaceAll(/\[[^\]]*\]/g, "");

function nearestRoot(
  entries: readonly Entry[],
  written: readonly TerraformRoot[],
): TerraformRoot | undefined {
  const planned = new Set(entries.map(({ address }) => bare(address)));
  let best: { root: TerraformRoot; common: number } | undefined;
  for (const root of written) {
    const common = root.resources.filter(({ address }) => planned.has(bare(address))).length;
    if (common > (best?.common ?? 0)) best = { root, common };
  }
  return best?.root;
}

function entriesOf(plan: PlanJson): Entry[] {
  const unknown = new Map<string, unknown>();
  for (const change of plan.resource_changes ?? [])
    unknown.set(String(change.address), record(change.change).after_unknown);
  const found = new Map<string, Entry>();
  const walk = (module: PlanModule | undefined, configuration: Data): void => {
    if (module === undefined) return;
    for (const resource of module.resources ?? []) {
      const { address, mode, type, name, index, values } = resource;
      found.set(address, {
        mode,
        type,
        name,
        index,
        address,
        module: module.address ?? "",
        values,
        unknown: unknown.get(address),
        expressions: expressionsOf(configuration, mode, type, name),
      });
    }
    for (const child of module.child_modules ?? []) {
      const call = /module\.([^.[\]]+)(?:\[[^\]]*\])?$/.exec(child.address ?? "")?.[1] ?? "";
      walk(child, record(record(record(configuration.module_calls)[call]).module));
    }
  };
  const configuration = record(record(plan.configuration).root_module);
  // Data sources that were read while planning are in the state before it.
  const prior = record(record(plan.prior_state).values).root_module as PlanModule | undefined;
  walk(prior, configuration);
  for (const [address, entry] of found) if (entry.mode === "managed") found.delete(address);
  walk(plan.planned_values?.root_module, configuration);
  return [...found.values()];
}

function expressionsOf(configuration: Data, mode: string, type: string, name: string): Data {
  const list = Array.isArray(configuration.resources) ? configuration.resources : [];
  const found = list
    .map(record)
    .find((each) => each.mode === mode && each.type === type && each.name === name);
  return record(found?.expressions);
}

class PlanModel {
  readonly #configuration: Data;
  readonly #entries: readonly Entry[];
  readonly #root: string;
  readonly #places: ReadonlyMap<string, Resource>;
  readonly #nowhere: Place;
  readonly #made = new Map<string, Resource>();

  constructor(
    plan: PlanJson,
    entries: readonly Entry[],
    root: string,
    places: ReadonlyMap<string, Resource>,
    nowhere: Place,
  ) {
    this.#configuration = record(record(plan.configuration).root_module);
    this.#entries = entries;
    this.#root = root;
    this.#places = places;
    this.#nowhere = nowhere;
  }

  resources(): Resource[] {
    return this.#entries.map((entry) => this.#resource(entry));
  }

  #resource(entry: Entry): Resource {
    const known = this.#made.get(entry.address);
    if (known !== undefined) return known;
    const written = this.#places.get(bare(entry.address));
    const place = written?.place ?? this.#nowhere;
    const memo = new Map<string, Value | undefined>();
    const resource: Resource = {
      mode: entry.mode,
      type: entry.type,
      name: entry.name,
      address: entry.address,
      root: this.#root,
      place,
      get: (name) => {
        // What the plan does not carry, such as lifecycle, the text still says.
        if (!memo.has(name))
          memo.set(
            name,
            TEXT_ONLY.has(name) ? written?.get(name) : this.#argument(entry, name, place),
          );
        return memo.get(name);
      },
      names: () => Object.keys(entry.values),
      placeOf: (name) => written?.placeOf(name) ?? place,
      origin: () => undefined,
    };
    this.#made.set(entry.address, resource);
    return resource;
  }

  #argument(entry: Entry, name: string, place: Place): Value | undefined {
    const value = entry.values[name];
    const unknown = record(entry.unknown)[name];
    const expression = entry.expressions[name];
    // What AWS gives is not set by anyone.
    if (unknown === true && expression === undefined) return undefined;
    if (value === undefined && unknown === undefined) return undefined;
    return this.#value(value, unknown, expression, entry, `${entry.address}.${name}`, place);
  }

  #value(
    value: unknown,
    unknown: unknown,
    expression: unknown,
    entry: Entry,
    path: string,
    place: Place,
  ): Value {
    if (unknown === true) return this.#follow(expression, entry, path);
    if (Array.isArray(value)) {
      const items = Array.isArray(expression) ? expression : [];
      const gaps = Array.isArray(unknown) ? unknown : [];
      return value.map((each, index) =>
        this.#value(
          each,
          gaps[index],
          items[index] ?? items[0] ?? (items.length === 0 ? expression : undefined),
          entry,
          path,
          place,
        ),
      );
    }
    if (typeof value === "object" && value !== null) {
      const made: ValueObject = {};
      const names = new Set([...Object.keys(value), ...Object.keys(record(unknown))]);
      for (const name of names)
        made[name] = this.#value(
          (value as Data)[name],
          record(unknown)[name],
          record(expression)[name],
          entry,
          `${path}.${name}`,
          place,
        );
      setPlaces(made, { self: place, arguments: new Map() });
      return made;
    }
    return (value ?? null) as Value;
  }

  /** The resource of the plan that an expression refers to, through variables and outputs. */
  #follow(expression: unknown, entry: Entry, path: string): Value {
    const references = record(expression).references;
    const found = Array.isArray(references)
      ? this.#target(references.map(String), entry.module, entry.index, 0)
      : undefined;
    return found ?? new Unknown(path, "it is known after the apply", true);
  }

  #target(
    references: readonly string[],
    module: string,
    index: string | number | undefined,
    depth: number,
  ): Value | undefined {
    const [first] = references;
    if (first === undefined || depth > 20) return undefined;
    const configuration = this.#moduleConfiguration(module);
    const parts = bare(first).split(".");
    const [head = "", second = "", third = ""] = parts;
    if (head === "var") {
      const cut = module.lastIndexOf("module.");
      const parent = module.slice(0, Math.max(0, cut - 1));
      const call = bare(module.slice(cut)).slice("module.".length);
      const argument = record(
        record(record(this.#moduleConfiguration(parent).module_calls)[call]).expressions,
      )[second];
      const inner = record(argument).references;
      return cut === -1 || !Array.isArray(inner)
        ? undefined
        : this.#target(inner.map(String), parent, index, depth + 1);
    }
    if (head === "module") {
      const child = this.#entries.find(
        ({ module: each }) =>
          bare(each) === bare(`${module === "" ? "" : `${module}.`}module.${second}`),
      )?.module;
      const call = record(record(configuration.module_calls)[second]);
      const output = record(
        record(record(record(call.module).outputs)[third]).expression,
      ).references;
      return child === undefined || !Array.isArray(output)
        ? undefined
        : this.#target(output.map(String), child, undefined, depth + 1);
    }
    const [type, name, attribute] =
      head === "data" ? [second, third, parts[3]] : [head, second, third];
    const mode = head === "data" ? "data" : "managed";
    const own = this.#entries.filter(
      (each) =>
        each.module === module && each.mode === mode && each.type === type && each.name === name,
    );
    const target = own.find((each) => each.index === index) ?? own[0];
    if (target === undefined) return undefined;
    const asked = attribute || (mode === "data" ? "json" : "id");
    const resource = this.#resource(target);
    const set = resource.get(asked);
    return set === undefined || set === null ? new Reference(resource, [asked]) : set;
  }

  #moduleConfiguration(module: string): Data {
    let at = this.#configuration;
    for (const [, call = ""] of bare(module).matchAll(/module\.([^.]+)/g))
      at = record(record(record(at.module_calls)[call]).module);
    return at;
  }
}

/** Arguments of terraform itself, which a plan does not show. */
const TEXT_ONLY = new Set(["lifecycle", "depends_on"]);
