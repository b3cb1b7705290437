/** Deprecated arguments: terraform leaves it to the provider to warn of them. */
import { type Problem, type Step, UNKNOWN, type Value } from "../rules/index.ts";
import { fields, textOf } from "./wire.ts";

/** What of a block is deprecated, and the blocks in it where something is. */
interface Deprecated {
  names: string[];
  blocks: Map<string, { inner: Deprecated; isSet: boolean }>;
}

const SET = 3;
const cache = new WeakMap<Uint8Array, Deprecated>();

/** A warning for each deprecated argument that is given. */
export function deprecations(schema: Uint8Array, config: Value): Problem[] {
  let known = cache.get(schema);
  if (known === undefined) {
    known = { names: [], blocks: new Map() };
    for (const each of fields(schema)) if (each.field === 2) known = read(each.bytes);
    cache.set(schema, known);
  }
  const problems: Problem[] = [];
  find(known, config, [], problems);
  return problems;
}

function read(block: Uint8Array): Deprecated {
  const found: Deprecated = { names: [], blocks: new Map() };
  for (const each of fields(block)) {
    if (each.field === 2) {
      for (const { field, number } of fields(each.bytes))
        if (field === 9 && number === 1) found.names.push(textOf(each.bytes, 1));
    } else if (each.field === 3) {
      const name = textOf(each.bytes, 1);
      let isSet = false;
      for (const { field, number, bytes } of fields(each.bytes)) {
        if (field === 3) isSet = number === SET;
        if (field !== 2) continue;
        for (const inner of fields(bytes))
          if (inner.field === 6 && inner.number === 1) found.names.push(name);
        const below = read(bytes);
        if (below.names.length > 0 || below.blocks.size > 0)
          found.blocks.set(name, { inner: below, isSet });
      }
      const entry = found.blocks.get(name);
      if (entry !== undefined) entry.isSet = isSet;
    }
  }
  return found;
}

function find(
  { names, blocks }: Deprecated,
  value: Value | undefined,
  at: Step[],
  problems: Problem[],
): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const name of names) {
    const given = value[name];
    if (given === undefined || given === null || given === UNKNOWN) continue;
    if (Array.isArray(given) && given.length === 0) continue;
    problems.push({
      path: [...at, name],
      summary: "Argument is deprecated",
      detail: `"${name}" will go with a later major version of the provider. Its documentation names the successor.`,
      severity: "warning",
    });
  }
  for (const [name, { inner, isSet }] of blocks) {
    const given = value[name];
    if (Array.isArray(given))
      given.forEach((each, index) => {
        find(inner, each, isSet ? [...at, name] : [...at, name, index], problems);
      });
    else find(inner, given, [...at, name], problems);
  }
}
