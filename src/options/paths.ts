/** Dotted paths into Config data, and the declaration that stands at one. */
import type { JsonSchema, OptionDeclaration } from "./declare.ts";

export type Data = Record<string, unknown>;

/** Whether a value is a map, of whatever keys. */
export const isData = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at a path, or nothing. */
export function getPath(data: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, key) => (isData(at) && Object.hasOwn(at, key) ? at[key] : undefined),
      data,
    );
}

/** A copy of the data with the value at the path; objects on the way are made. */
export function setPath(data: Data, path: string, value: unknown): Data {
  const [head, ...rest] = path.split(".") as [string, ...string[]];
  const inner = Object.hasOwn(data, head) ? data[head] : undefined;
  return {
    ...data,
    [head]: rest.length === 0 ? value : setPath(isData(inner) ? inner : {}, rest.join("."), value),
  };
}

/** A copy of the data without the path; objects left empty on the way go too. */
export function removePath(data: Data, path: string): Data {
  const [head, ...rest] = path.split(".") as [string, ...string[]];
  if (!Object.hasOwn(data, head)) return data;
  const { [head]: inner, ...others } = data;
  if (rest.length === 0) return others;
  if (!isData(inner)) return data;
  const left = removePath(inner, rest.join("."));
  return Object.keys(left).length === 0 ? others : { ...data, [head]: left };
}

/** Deep merge of plain data; arrays and scalars of `over` replace. */
export function mergeData(under: Data, over: Data): Data {
  const merged: Data = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    merged[key] = isData(below) && isData(value) ? mergeData(below, value) : value;
  }
  return merged;
}

/** Paths that exist only inside an environment. */
export const ENVIRONMENT_ONLY = ["accountId", "network.cidr"];

/** A declaration found for a concrete path, such as `environments.prod.nodes.size`. */
export interface Found {
  declaration: OptionDeclaration;
  /** The rest of the path below the declared value: `dedicated` in `nodes.labels.dedicated`. */
  below: string[];
}

/** Finds what is declared at a concrete path; `nodes.groups.<name>.<field>` answers as `nodes.<field>`. */
export function findDeclaration(
  declarations: readonly OptionDeclaration[],
  path: string,
): Found | undefined {
  const keys = path.split(".");
  const inEnvironment = keys[0] === "environments" && keys.length > 2;
  const local = inEnvironment ? keys.slice(2) : keys;
  if (local[0] === "nodes" && local[1] === "groups" && local.length > 3) local.splice(1, 2);
  for (let length = local.length; length > 0; length -= 1) {
    const candidate = local.slice(0, length).join(".");
    const declaration = declarations.find((entry) => entry.path === candidate);
    if (declaration === undefined) continue;
    if (inEnvironment ? !declaration.perEnvironment : ENVIRONMENT_ONLY.includes(candidate))
      return undefined;
    return { declaration, below: local.slice(length) };
  }
  return undefined;
}

/** Every settable path for "did you mean", environments written as `<name>`. */
export function settablePaths(declarations: readonly OptionDeclaration[]): string[] {
  return declarations.flatMap((entry) => [
    ...(ENVIRONMENT_ONLY.includes(entry.path) ? [] : [entry.path]),
    ...(entry.perEnvironment ? [`environments.<name>.${entry.path}`] : []),
  ]);
}

export type { JsonSchema };

/** A key without a body says nothing; `prod:` names an environment without answers. */
export function withoutNothing(data: Data): Data {
  const result = Object.fromEntries(
    Object.entries(data).filter(([, value]) => value !== null),
  ) as Data;
  for (const key of ["environments", "namespaces"]) {
    const map = result[key];
    if (!isData(map)) continue;
    result[key] = Object.fromEntries(
      Object.entries(map).map(([name, value]) => [name, value === null ? {} : value]),
    );
  }
  return result;
}
