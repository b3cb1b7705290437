/** One instance of a module: its variables, locals and resources, each evaluated when it is asked for. */
import {
  AnyOf,
  elementOf,
  isObject,
  type Place,
  Reference,
  type Resource,
  setPlaces,
  textOf,
  Unknown,
  type Value,
  type ValueObject,
} from "../../controls/evidence/value.ts";
import { entriesOf, evaluate, evaluateSafely, type Scope, withLocals } from "./evaluate.ts";
import { EvaluationError, type ReadFile } from "./functions.ts";
import type { Attribute, Block, Body, Expression } from "./syntax.ts";
import { convert } from "./types.ts";

/** The files of one directory, merged. */
export interface ModuleSource {
  /** Relative to the repository. */
  path: string;
  variables: ReadonlyMap<string, Block>;
  locals: ReadonlyMap<string, Attribute>;
  outputs: ReadonlyMap<string, Block>;
  /** By `type.name`. */
  resources: ReadonlyMap<string, Block>;
  data: ReadonlyMap<string, Block>;
  calls: ReadonlyMap<string, Block>;
  providers: readonly Block[];
  settings: readonly Block[];
}

/** What all instances of one evaluation share. */
export interface World {
  source(path: string): ModuleSource | undefined;
  read: ReadFile;
}

/** Who calls a module, and with what. */
interface Caller {
  instance: ModuleInstance;
  block: Block;
  each: Each;
}

/** Key and value of one instance of a `for_each` or `count`. */
interface Each {
  /** As it stands in the address; absent for a single one. */
  suffix: string;
  names: [string, Value][];
  maybe?: Unknown;
}

/** Modules call modules, but not for ever. */
const MAX_DEPTH = 12;
const MAX_INSTANCES = 2000;

const placeOf = ({ file, at }: { file: string; at: { line: number; column: number } }): Place => ({
  file,
  ...at,
});

export class ModuleInstance {
  readonly source: ModuleSource;
  readonly #world: World;
  readonly #root: string;
  /** `module.nodes.`, or nothing for the root itself. */
  readonly #prefix: string;
  readonly #depth: number;
  readonly #caller: Caller | undefined;
  readonly #given: ReadonlyMap<string, { value: Expression; scope: Scope; place: Place }>;
  readonly #scope: Scope;
  readonly #memo = new Map<string, Value>();
  readonly #instances = new Map<string, Resource[]>();
  readonly #children = new Map<string, ModuleInstance[]>();

  constructor(
    world: World,
    source: ModuleSource,
    root: string,
    given: ReadonlyMap<string, { value: Expression; scope: Scope; place: Place }>,
    caller?: Caller,
  ) {
    this.#world = world;
    this.source = source;
    this.#root = root;
    this.#caller = caller;
    this.#given = given;
    const name = caller?.block.labels[0];
    this.#prefix =
      caller === undefined ? "" : `${caller.instance.#prefix}module.${name}${caller.each.suffix}.`;
    this.#depth = caller === undefined ? 0 : caller.instance.#depth + 1;
    this.#scope = {
      resolve: (path) => this.#resolve(path),
      read: world.read,
      locals: new Map(),
      file: source.path,
    };
  }

  /** The scope of an expression of this module. */
  scope(file: string, names: readonly [string, Value][] = []): Scope {
    const scope = { ...this.#scope, file };
    return names.length === 0 ? scope : withLocals(scope, names);
  }

  /** Every resource and data source of this module and of those it calls. */
  *resources(): Generator<Resource> {
    for (const key of this.source.resources.keys()) yield* this.instances("managed", key);
    for (const key of this.source.data.keys()) yield* this.instances("data", key);
    for (const name of this.source.calls.keys())
      for (const child of this.children(name)) yield* child.resources();
  }

  /** The calls themselves, and those of called modules. */
  *calls(): Generator<Resource> {
    for (const [name, block] of this.source.calls) {
      for (const each of this.#eaches(block))
        yield this.#describe("module", "module", name, `module.${name}${each.suffix}`, block, each);
      for (const child of this.children(name)) yield* child.calls();
    }
  }

  /** Providers, backends and settings of this module. */
  *settings(): Generator<Resource> {
    const none: Each = { suffix: "", names: [] };
    for (const block of this.source.providers) {
      const [name = ""] = block.labels;
      yield this.#describe("provider", name, "", `provider.${name}`, block, none);
    }
    for (const block of this.source.settings) {
      yield this.#describe("terraform", "terraform", "", "terraform", block, none);
      for (const inner of block.body.blocks)
        if (inner.type === "backend" || inner.type === "cloud") {
          const [name = inner.type] = inner.labels;
          yield this.#describe("backend", name, "", `backend.${name}`, inner, none);
        }
    }
  }

  #resolve([head, ...rest]: readonly [string, ...(string | number)[]]):
    | { value: Value; taken: number }
    | undefined {
    const [first, second] = rest.map(String);
    switch (head) {
      case "var":
        return first === undefined ? undefined : { value: this.variable(first), taken: 1 };
      case "local":
        return first === undefined ? undefined : { value: this.#local(first), taken: 1 };
      case "module":
        return first === undefined ? undefined : { value: this.#module(first), taken: 1 };
      case "data":
        return second === undefined
          ? undefined
          : { value: this.#resource("data", `${first}.${second}`), taken: 2 };
      case "path":
        return {
          value: first === "module" ? this.source.path : first === "root" ? this.#root : ".",
          taken: 1,
        };
      case "terraform":
        return {
          value: new Unknown(`terraform.${first}`, "it depends on the run", true),
          taken: 1,
        };
      case "ephemeral":
        return {
          value: new Unknown(`ephemeral.${first}.${second}`, "it is made by each run", true),
          taken: 2,
        };
      case "each":
      case "count":
      case "self":
        return undefined;
      default:
        return first === undefined
          ? undefined
          : { value: this.#resource("managed", `${head}.${first}`), taken: 1 };
    }
  }

  #once(key: string, make: () => Value): Value {
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    // Asked for again while it is being made, it depends on itself.
    this.#memo.set(key, new Unknown(key, "it depends on itself"));
    const value = make();
    this.#memo.set(key, value);
    return value;
  }

  /** What a variable holds: the caller's argument, or its default. */
  variable(name: string): Value {
    return this.#once(`var.${name}`, () => {
      const block = this.source.variables.get(name);
      if (block === undefined) throw new EvaluationError(`there is no variable ${name}`);
      const argument = (key: string): Expression | undefined =>
        block.body.attributes.get(key)?.value;
      const constant = (key: string): Value | undefined => {
        const found = argument(key);
        return found === undefined ? undefined : evaluateSafely(found, this.scope(block.file));
      };
      const notNull = constant("nullable") === false;
      const given = this.#given.get(name);
      let value: Value | undefined =
        given === undefined ? undefined : evaluateSafely(given.value, given.scope);
      if (value === undefined || (value === null && notNull)) {
        const fallback = constant("default");
        value =
          fallback ??
          (block.body.attributes.has("default")
            ? null
            : new Unknown(this.#unknownName(`var.${name}`), "it is given from outside", notNull));
      }
      const type = argument("type");
      return type === undefined ? value : convert(value, type, this.scope(block.file));
    });
  }

  /** Where a variable gets its value, for messages. */
  originOf(name: string): { text: string; place: Place } | undefined {
    const given = this.#given.get(name);
    if (given !== undefined) return { text: `var.${name}`, place: given.place };
    const block = this.source.variables.get(name);
    if (block === undefined) return undefined;
    const fallback = block.body.attributes.get("default");
    return { text: `var.${name}`, place: placeOf(fallback ?? block) };
  }

  /** Where a local is set. */
  localOrigin(name: string): { text: string; place: Place } | undefined {
    const found = this.source.locals.get(name);
    return found === undefined ? undefined : { text: `local.${name}`, place: placeOf(found) };
  }

  #unknownName(name: string): string {
    return `${this.#prefix}${name}`;
  }

  #local(name: string): Value {
    return this.#once(`local.${name}`, () => {
      const found = this.source.locals.get(name);
      if (found === undefined) throw new EvaluationError(`there is no local ${name}`);
      return evaluate(found.value, this.scope(found.file));
    });
  }

  #module(name: string): Value {
    return this.#once(`module.${name}`, () => {
      const block = this.source.calls.get(name);
      if (block === undefined) throw new EvaluationError(`there is no module ${name}`);
      const children = this.children(name);
      const values = children.map((child) => child.#outputs());
      const { attributes } = block.body;
      if (children.length === 0)
        return attributes.has("for_each") || attributes.has("count")
          ? attributes.has("count")
            ? []
            : {}
          : new Unknown(`module.${name}`, "its source is not in this repository", true);
      return this.#collect(
        block,
        children.map((child) => child.#caller?.each as Each),
        values,
      );
    });
  }

  /** The instances of a block as one value: alone, a list, or a map. */
  #collect(block: Block, eaches: readonly Each[], values: readonly Value[]): Value {
    const { attributes } = block.body;
    const [first] = values;
    const [maybe] = eaches.flatMap((each) => (each.maybe === undefined ? [] : [each.maybe]));
    if (attributes.has("for_each") || attributes.has("count")) {
      if (maybe !== undefined && first !== undefined)
        return new AnyOf(first, `${block.labels.join(".")}[…]`, maybe.why);
      if (attributes.has("count")) return [...values];
      return Object.fromEntries(
        eaches.map((each, index) => [textOf(keyOf(each)) ?? "", values[index] as Value]),
      );
    }
    return first ?? null;
  }

  #outputs(): Value {
    const made: ValueObject = {};
    for (const [name, block] of this.source.outputs)
      Object.defineProperty(made, name, { enumerable: true, get: () => this.output(name, block) });
    return made;
  }

  output(name: string, block: Block): Value {
    return this.#once(`output.${name}`, () => {
      const value = block.body.attributes.get("value");
      return value === undefined ? null : evaluateSafely(value.value, this.scope(value.file));
    });
  }

  /** Instances of a called module; none where its source is not in the repository. */
  children(name: string): ModuleInstance[] {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    this.#children.set(name, []);
    const block = this.source.calls.get(name);
    const path = block === undefined ? undefined : localSource(this.source.path, block);
    const source = path === undefined ? undefined : this.#world.source(path);
    if (block === undefined || source === undefined || this.#depth >= MAX_DEPTH) return [];
    const made = this.#eaches(block).map((each) => {
      const scope = this.scope(block.file, each.names);
      const given = new Map<string, { value: Expression; scope: Scope; place: Place }>();
      for (const [argument, attribute] of block.body.attributes)
        if (!META_ARGUMENTS.has(argument))
          given.set(argument, {
            value: attribute.value,
            scope: { ...scope, file: attribute.file },
            place: placeOf(attribute),
          });
      return new ModuleInstance(this.#world, source, this.#root, given, {
        instance: this,
        block,
        each,
      });
    });
    this.#children.set(name, made);
    return made;
  }

  #resource(mode: "managed" | "data", key: string): Value {
    return this.#once(`${mode}.${key}`, () => {
      const block = (mode === "data" ? this.source.data : this.source.resources).get(key);
      if (block === undefined) throw new EvaluationError(`there is no ${key}`);
      const eaches = this.#eaches(block);
      const values = this.instances(mode, key).map((resource) => new Reference(resource, []));
      return this.#collect(block, eaches, values);
    });
  }

  /** The instances of a resource. */
  instances(mode: "managed" | "data", key: string): Resource[] {
    const memo = `${mode}.${key}`;
    const known = this.#instances.get(memo);
    if (known !== undefined) return known;
    const block = (mode === "data" ? this.source.data : this.source.resources).get(key);
    if (block === undefined) return [];
    this.#instances.set(memo, []);
    const [type = "", name = ""] = block.labels;
    const made = this.#eaches(block).map((each) =>
      this.#describe(
        mode,
        type,
        name,
        `${mode === "data" ? "data." : ""}${type}.${name}${each.suffix}`,
        block,
        each,
      ),
    );
    this.#instances.set(memo, made);
    return made;
  }

  /** What `for_each` and `count` of a block make of it. */
  #eaches(block: Block): Each[] {
    const maybe = this.#caller?.each.maybe;
    const inherited = maybe === undefined ? {} : { maybe };
    const forEach = block.body.attributes.get("for_each");
    const count = block.body.attributes.get("count");
    const attribute = forEach ?? count;
    if (attribute === undefined) return [{ suffix: "", names: [], ...inherited }];
    const value = evaluateSafely(attribute.value, this.scope(attribute.file));
    if (value instanceof Unknown) {
      // The key of a set is its element.
      const element = elementOf(value);
      const key =
        textOf(element) === undefined
          ? new Unknown(`a key of ${value.name}`, value.why, true)
          : element;
      return [
        {
          suffix: "[…]",
          names:
            forEach === undefined
              ? [["count", { index: key }]]
              : [["each", { key, value: elementOf(value) }]],
          maybe: value,
        },
      ];
    }
    if (forEach === undefined)
      return Array.from({ length: Math.min(Number(value) || 0, MAX_INSTANCES) }, (_, index) => ({
        suffix: `[${index}]`,
        names: [["count", { index }]] as [string, Value][],
        ...inherited,
      }));
    let entries: [Value, Value][] | undefined;
    try {
      entries = entriesOf(value);
    } catch {
      entries = undefined;
    }
    const isSet = Array.isArray(value);
    return (entries ?? []).slice(0, MAX_INSTANCES).map(([key, each]) => {
      const name = isSet ? each : key;
      return {
        suffix: `["${textOf(name)}"]`,
        names: [["each", { key: name, value: each }]] as [string, Value][],
        ...inherited,
      };
    });
  }

  #describe(
    mode: Resource["mode"],
    type: string,
    name: string,
    address: string,
    block: Block,
    each: Each,
  ): Resource {
    const made = new Map<string, Value | undefined>();
    const evaluateOnce = (key: string): Value | undefined => {
      if (made.has(key)) return made.get(key);
      made.set(key, new Unknown(`${address}.${key}`, "it depends on itself"));
      const value = this.#argument(block, key, each);
      made.set(key, value);
      return value;
    };
    return {
      mode,
      type,
      name,
      address: this.#prefix + address,
      root: this.#root,
      place: placeOf(block),
      ...(each.maybe === undefined ? {} : { maybe: each.maybe }),
      get: evaluateOnce,
      names: () => [
        ...new Set([
          ...block.body.attributes.keys(),
          ...block.body.blocks.map((inner) =>
            inner.type === "dynamic" ? (inner.labels[0] ?? "") : inner.type,
          ),
        ]),
      ],
      placeOf: (key) => {
        const found =
          block.body.attributes.get(key) ??
          block.body.blocks.find(
            (inner) => inner.type === key || (inner.type === "dynamic" && inner.labels[0] === key),
          );
        return placeOf(found ?? block);
      },
      origin: (key) => {
        const attribute = block.body.attributes.get(key);
        return attribute === undefined ? undefined : this.#origin(attribute.value);
      },
    };
  }

  /** The variable or local that an expression hands on. */
  #origin(expression: Expression): { text: string; place: Place } | undefined {
    if (expression.kind !== "get" || expression.key.kind !== "literal") return undefined;
    if (expression.of.kind !== "name") return this.#origin(expression.of);
    const name = String(expression.key.value);
    if (expression.of.name === "local") return this.localOrigin(name);
    return expression.of.name === "var" ? this.originOf(name) : undefined;
  }

  #argument(block: Block, key: string, each: Each): Value | undefined {
    const attribute = block.body.attributes.get(key);
    if (attribute !== undefined) {
      if (NAMES_ONLY.has(key)) return traversals(attribute.value);
      return evaluateSafely(attribute.value, this.scope(attribute.file, each.names));
    }
    const blocks = this.#nested(block.body, key, each.names);
    return blocks.length === 0 ? undefined : blocks;
  }

  /** Nested blocks of a type, dynamic ones unrolled. */
  #nested(body: Body, type: string, names: readonly [string, Value][]): ValueObject[] {
    return body.blocks.flatMap((block) => {
      if (block.type === type) return [this.#blockValue(block, names)];
      if (block.type !== "dynamic" || block.labels[0] !== type) return [];
      return this.#dynamic(block, type, names);
    });
  }

  #dynamic(block: Block, type: string, names: readonly [string, Value][]): ValueObject[] {
    const content = block.body.blocks.find((inner) => inner.type === "content");
    const forEach = block.body.attributes.get("for_each");
    if (content === undefined || forEach === undefined) return [];
    const iterator = block.body.attributes.get("iterator")?.value;
    const name = iterator?.kind === "name" ? iterator.name : type;
    const value = evaluateSafely(forEach.value, this.scope(forEach.file, names));
    const entries = value instanceof Unknown ? undefined : entriesOf(value);
    if (entries === undefined) {
      const unknown = value as Unknown;
      const key = new Unknown(`${name}.key`, unknown.why, true);
      const inner: [string, Value][] = [...names, [name, { key, value: elementOf(unknown) }]];
      return [this.#blockValue(content, inner, unknown)];
    }
    return entries.map(([key, each]) =>
      this.#blockValue(content, [
        ...names,
        [name, { key: Array.isArray(value) ? each : key, value: each }],
      ]),
    );
  }

  #blockValue(block: Block, names: readonly [string, Value][], maybe?: Unknown): ValueObject {
    const value: ValueObject = {};
    const places = new Map<string, Place>();
    for (const [name, attribute] of block.body.attributes) {
      value[name] = NAMES_ONLY.has(name)
        ? traversals(attribute.value)
        : evaluateSafely(attribute.value, this.scope(attribute.file, names));
      places.set(name, placeOf(attribute));
    }
    for (const inner of block.body.blocks) {
      const type = inner.type === "dynamic" ? (inner.labels[0] ?? "") : inner.type;
      if (type in value && places.has(type)) continue;
      value[type] = this.#nested(block.body, type, names);
      if (inner.labels.length > 0 && inner.type !== "dynamic") continue;
      places.set(type, placeOf(inner));
    }
    setPlaces(value, { self: placeOf(block), arguments: places, maybe });
    return value;
  }
}

const keyOf = (each: Each): Value => {
  const found = each.names[0]?.[1];
  return isObject(found) ? (found.key ?? null) : null;
};

const META_ARGUMENTS = new Set([
  "source",
  "version",
  "count",
  "for_each",
  "providers",
  "depends_on",
]);
/** Arguments whose values are names of other things, not values. */
const NAMES_ONLY = new Set([
  "depends_on",
  "ignore_changes",
  "replace_triggered_by",
  "provider",
  "providers",
]);

/** `[aws_vpc.this, var.x]` as texts. */
function traversals(expression: Expression): Value {
  if (expression.kind === "tuple")
    return expression.items.flatMap((item) => traversals(item) as Value[]);
  if (expression.kind === "object")
    return expression.items.flatMap((item) => traversals(item.value) as Value[]);
  if (expression.kind === "literal") return [expression.value];
  const parts: string[] = [];
  let at: Expression = expression;
  for (; at.kind === "get"; at = at.of)
    parts.unshift(at.key.kind === "literal" ? String(at.key.value) : "*");
  if (at.kind === "name") parts.unshift(at.name);
  return [parts.join(".")];
}

/** The directory that a call names, where it is in the repository. */
function localSource(from: string, block: Block): string | undefined {
  const source = block.body.attributes.get("source")?.value;
  if (source?.kind !== "literal" || typeof source.value !== "string") return undefined;
  if (!/^\.\.?\//.test(source.value)) return undefined;
  const parts = from === "." ? [] : from.split("/");
  for (const part of source.value.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? "." : parts.join("/");
}
