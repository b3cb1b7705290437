/** Type constraints of variables: what they add to, and make of, a value that is given. */
import {
  isObject,
  placesOf,
  setPlaces,
  textOf,
  Unknown,
  type Value,
  type ValueObject,
} from "../../controls/evidence/value.ts";
import { evaluateSafely, type Scope } from "./evaluate.ts";
import { setOf } from "./functions.ts";
import type { Expression } from "./syntax.ts";

/** Brings a value into the type that the variable declares. Defaults of optional attributes come in. */
export function convert(value: Value, type: Expression, scope: Scope): Value {
  if (value === null || value instanceof Unknown) return value;
  if (type.kind === "name") return primitive(value, type.name);
  if (type.kind !== "call") return value;
  const [inner] = type.args;
  if (inner === undefined) return value;
  switch (type.name) {
    case "list":
      return Array.isArray(value) ? value.map((each) => convert(each, inner, scope)) : value;
    case "set":
      return Array.isArray(value) ? setOf(value.map((each) => convert(each, inner, scope))) : value;
    case "map":
      return isObject(value) ? mapOf(value, (each) => convert(each, inner, scope)) : value;
    case "object":
      return isObject(value) && inner.kind === "object" ? objectOf(value, inner, scope) : value;
    default:
      return value;
  }
}

function primitive(value: Value, name: string): Value {
  if (name === "string")
    return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (
    name === "number" &&
    typeof value === "string" &&
    value.trim() !== "" &&
    !Number.isNaN(Number(value))
  )
    return Number(value);
  if (name === "bool" && (value === "true" || value === "false")) return value === "true";
  return value;
}

const mapOf = (value: ValueObject, change: (value: Value) => Value): ValueObject =>
  keepPlaces(
    value,
    Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each)])),
  );

function objectOf(
  value: ValueObject,
  type: Extract<Expression, { kind: "object" }>,
  scope: Scope,
): ValueObject {
  const made: ValueObject = {};
  for (const { key, value: declared } of type.items) {
    const name = key.kind === "literal" ? (textOf(key.value) ?? "") : "";
    const optional = declared.kind === "call" && declared.name === "optional";
    const inner = optional ? declared.args[0] : declared;
    const given = value[name];
    const fallback = optional ? declared.args[1] : undefined;
    const raw =
      given === undefined || (given === null && fallback !== undefined)
        ? fallback === undefined
          ? null
          : evaluateSafely(fallback, scope)
        : given;
    made[name] = inner === undefined ? raw : convert(raw, inner, scope);
  }
  return keepPlaces(value, made);
}

function keepPlaces(from: ValueObject, to: ValueObject): ValueObject {
  const known = placesOf(from);
  if (known !== undefined) setPlaces(to, known);
  return to;
}
