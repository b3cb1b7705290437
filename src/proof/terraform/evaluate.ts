/** Evaluates expressions. Names are looked up by the scope; everything else is here. */
import {
  AnyOf,
  elementOf,
  isObject,
  Json,
  OneOf,
  placesOf,
  Reference,
  type Resource,
  setPlaces,
  Text,
  textOf,
  Unknown,
  type Value,
  type ValueObject,
} from "../../controls/evidence/value.ts";
import { callFunction, concatText, EvaluationError, type ReadFile, same } from "./functions.ts";
import type { Expression, ForExpression, TemplatePart } from "./syntax.ts";

/** Where names are looked up. */
export interface Scope {
  /** What `var.x`, `local.x`, `aws_vpc.this` … are; `rest` is what follows the name. Says how many steps it took. */
  resolve(
    path: readonly [string, ...(string | number)[]],
  ): { value: Value; taken: number } | undefined;
  read: ReadFile;
  /** Names of `for` and of dynamic blocks. */
  locals: ReadonlyMap<string, Value>;
  /** The file of the expression, for places of object items. */
  file: string;
}

/** The scope with further names. */
export const withLocals = (scope: Scope, names: Iterable<[string, Value]>): Scope => ({
  ...scope,
  locals: new Map([...scope.locals, ...names]),
});

/** What an expression comes to. Throws `EvaluationError` where terraform would refuse it. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "template":
      return concatText(fill(expression.parts, scope));
    case "tuple":
      return expression.items.map((item) => evaluate(item, scope));
    case "object":
      return objectOf(expression, scope);
    case "name":
    case "get":
      return follow(expression, scope);
    case "splat":
      return splat(expression, scope);
    case "call":
      return call(expression, scope);
    case "for":
      return forOf(expression, scope);
    case "unary":
      return unary(expression.operator, evaluate(expression.operand, scope));
    case "binary":
      return binary(expression, scope);
    case "conditional":
      return conditional(expression, scope);
    case "error":
      return new Unknown("invalid syntax", "this is no valid HCL");
  }
}

/** Like `evaluate`, but what terraform would refuse is an unknown with the reason. */
export function evaluateSafely(expression: Expression, scope: Scope): Value {
  try {
    return evaluate(expression, scope);
  } catch (error) {
    if (error instanceof EvaluationError) return new Unknown("an error", error.message);
    throw error;
  }
}

function objectOf(expression: Extract<Expression, { kind: "object" }>, scope: Scope): Value {
  const made: ValueObject = {};
  const places = new Map();
  for (const { key, value, at } of expression.items) {
    const name = textOf(evaluate(key, scope));
    if (name === undefined) throw new EvaluationError("a key is no string");
    made[name] = evaluate(value, scope);
    places.set(name, { file: scope.file, ...at });
  }
  const [first] = places.values();
  if (first !== undefined) setPlaces(made, { self: first, arguments: places });
  return made;
}

/** A name and the steps after it. */
function follow(expression: Expression, scope: Scope): Value {
  const steps: Value[] = [];
  let head = expression;
  for (; head.kind === "get"; head = head.of) steps.unshift(evaluate(head.key, scope));
  if (head.kind !== "name")
    return steps.reduce<Value>((value, step) => get(value, step), evaluate(head, scope));
  const local = scope.locals.get(head.name);
  if (local !== undefined) return steps.reduce<Value>((value, step) => get(value, step), local);
  const path = steps.map((step) =>
    typeof step === "string" || typeof step === "number" ? step : `${textOf(step)}`,
  );
  const found = scope.resolve([head.name, ...path]);
  if (found === undefined)
    throw new EvaluationError(`${[head.name, ...path].join(".")} is not known`);
  return steps.slice(found.taken).reduce<Value>((value, step) => get(value, step), found.value);
}

/** Nested blocks, and the resource that they belong to. */
const owners = new WeakMap<object, { resource: Resource; path: (string | number)[] }>();

/** Remembers the blocks of a value as those of a resource. */
function own(value: Value, resource: Resource, path: (string | number)[]): void {
  if (!Array.isArray(value)) return;
  value.forEach((block, index) => {
    if (isObject(block) && placesOf(block) !== undefined)
      owners.set(block, { resource, path: [...path, index] });
  });
}

/** An element or attribute of a value. */
function get(value: Value, key: Value): Value {
  if (value instanceof AnyOf) return value.of;
  if (value instanceof Reference) {
    if (typeof key !== "string" && typeof key !== "number")
      return new Unknown(`${value.name}[…]`, "the key is not known", true);
    if (value.path.length > 0) return new Reference(value.resource, [...value.path, key]);
    const set = typeof key === "string" ? value.resource.get(key) : undefined;
    if (set === undefined || set === null) return new Reference(value.resource, [key]);
    own(set, value.resource, [key]);
    return set;
  }
  if (value instanceof Unknown) return new Unknown(`${value.name}.${textOf(key)}`, value.why);
  if (key instanceof Unknown || key instanceof Text) {
    const all = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    const [only] = all;
    if (all.length === 1 && only !== undefined) return only;
    return new Unknown("an element", "the key is not known");
  }
  if (Array.isArray(value)) {
    const found = value[Number(key)];
    if (found === undefined) throw new EvaluationError(`there is no element ${String(key)}`);
    return found;
  }
  if (isObject(value)) {
    const name = textOf(key) ?? "";
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    const owner = owners.get(value);
    if (owner !== undefined) {
      // What a nested block does not set, AWS gives.
      const path = [...owner.path, name];
      if (found === undefined || found === null) return new Reference(owner.resource, path);
      own(found, owner.resource, path);
    }
    if (found === undefined) throw new EvaluationError(`there is no ${name}`);
    return found;
  }
  throw new EvaluationError(`${textOf(key)} is asked of a value that has no parts`);
}

function splat({ of, steps }: Extract<Expression, { kind: "splat" }>, scope: Scope): Value {
  const base = evaluate(of, scope);
  const keys = steps.map((step) => evaluate(step, scope));
  const each = (value: Value): Value => keys.reduce<Value>((found, key) => get(found, key), value);
  if (base instanceof AnyOf) return [each(base.of)];
  if (base instanceof Reference && base.path.length === 0) return [each(base)];
  if (base instanceof Unknown) return new Unknown(`${base.name}[*]`, base.why, true);
  if (base === null) return [];
  return (Array.isArray(base) ? base : [base]).map(each);
}

function call(expression: Extract<Expression, { kind: "call" }>, scope: Scope): Value {
  const { name, args } = expression;
  if (name === "try") {
    for (const arg of args)
      try {
        return evaluate(arg, scope);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
      }
    throw new EvaluationError("every expression of try fails");
  }
  if (name === "can") {
    try {
      const [arg] = args;
      const value = arg === undefined ? null : evaluate(arg, scope);
      return value instanceof Unknown ? new Unknown(`can(${value.name})`, value.why, true) : true;
    } catch (error) {
      if (error instanceof EvaluationError) return false;
      throw error;
    }
  }
  if (name === "templatefile") return templateFile(args, scope);
  const values = args.map((arg) => evaluate(arg, scope));
  if (expression.expand) {
    const last = values.pop();
    if (!Array.isArray(last)) return new Unknown(`${name}(…)`, "its arguments are not known");
    values.push(...last);
  }
  return callFunction(name, values, scope.read);
}

/** A template file is text for a person here: what is filled into it is not followed. */
function templateFile([path]: readonly Expression[], scope: Scope): Value {
  const name = path === undefined ? undefined : textOf(evaluate(path, scope));
  const text = name === undefined ? undefined : scope.read(name);
  if (text === undefined) throw new EvaluationError(`${name ?? "a file"} cannot be read as text`);
  const parts = text.split(/[$%]\{[^}]*\}/);
  return concatText(
    parts.flatMap((part, index) =>
      index === 0
        ? [part]
        : [new Unknown("a template", "templatefile is not evaluated here"), part],
    ),
  );
}

/** Keys and values that `for`, `for_each` or a dynamic block goes through; undefined where they are not known. */
export function entriesOf(value: Value): [Value, Value][] | undefined {
  if (value instanceof Unknown) return undefined;
  if (Array.isArray(value)) return value.map((each, index) => [index, each]);
  if (isObject(value))
    return Object.keys(value)
      .sort()
      .map((key) => [key, value[key] as Value]);
  throw new EvaluationError("only lists, sets, maps and objects can be gone through");
}

function forOf(expression: ForExpression, scope: Scope): Value {
  const over = evaluate(expression.in, scope);
  const entries = entriesOf(over);
  if (entries === undefined) return forAny(expression, over as Unknown, scope);
  const results: Value[] = [];
  const made: ValueObject = {};
  for (const [key, value] of entries) {
    const names: [string, Value][] = [[expression.value, value]];
    if (expression.key !== undefined) names.push([expression.key, key]);
    const inner = withLocals(scope, names);
    const wanted =
      expression.condition === undefined ? true : evaluate(expression.condition, inner);
    if (wanted instanceof Unknown) return new Unknown("[for … if]", wanted.why, true);
    if (wanted !== true && wanted !== "true") continue;
    const result = evaluate(expression.result, inner);
    if (expression.resultKey === undefined) results.push(result);
    else {
      const name = textOf(evaluate(expression.resultKey, inner));
      if (name === undefined) throw new EvaluationError("a key is no string");
      const together = made[name];
      if (!expression.grouped) made[name] = result;
      else if (Array.isArray(together)) together.push(result);
      else made[name] = [result];
    }
  }
  return expression.resultKey === undefined ? results : made;
}

/** Of what is not known one element is made, which stands for all. */
function forAny(expression: ForExpression, over: Unknown, scope: Scope): Value {
  const name = `[for ${over.name}]`;
  if (expression.resultKey !== undefined) return new Unknown(name, over.why, true);
  const names: [string, Value][] = [[expression.value, elementOf(over)]];
  if (expression.key !== undefined)
    names.push([expression.key, new Unknown(`a key of ${over.name}`, over.why, true)]);
  return new AnyOf(evaluateSafely(expression.result, withLocals(scope, names)), name, over.why);
}

function unary(operator: string, value: Value): Value {
  if (value instanceof Unknown) return new Unknown(`${operator}${value.name}`, value.why, true);
  if (operator === "-") return -Number(value);
  if (value === true || value === "true") return false;
  if (value === false || value === "false") return true;
  throw new EvaluationError("! wants true or false");
}

function binary(expression: Extract<Expression, { kind: "binary" }>, scope: Scope): Value {
  const { operator } = expression;
  const left = evaluate(expression.left, scope);
  if (operator === "&&" || operator === "||") {
    const decides = operator === "||";
    if (left === decides) return decides;
    const right = evaluate(expression.right, scope);
    if (right === decides) return decides;
    return left instanceof Unknown ? left : right;
  }
  const right = evaluate(expression.right, scope);
  if (operator === "==") return same(left, right);
  if (operator === "!=") return unary("!", same(left, right));
  const missing = [left, right].find((value) => value instanceof Unknown);
  if (missing instanceof Unknown)
    return new Unknown(`… ${operator} ${missing.name}`, missing.why, true);
  const [a, b] = [Number(left), Number(right)];
  if (Number.isNaN(a) || Number.isNaN(b)) throw new EvaluationError(`${operator} wants numbers`);
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

function conditional(
  { condition, yes, no }: Extract<Expression, { kind: "conditional" }>,
  scope: Scope,
): Value {
  const decided = evaluate(condition, scope);
  if (decided === true || decided === "true") return evaluate(yes, scope);
  if (decided === false || decided === "false") return evaluate(no, scope);
  if (!(decided instanceof Unknown))
    throw new EvaluationError("a condition is neither true nor false");
  const [one, other] = [evaluateSafely(yes, scope), evaluateSafely(no, scope)];
  if (same(one, other) === true) return one;
  return new OneOf([one, other], `${decided.name} ? … : …`, decided.why);
}

function fill(parts: readonly TemplatePart[], scope: Scope): Value[] {
  return parts.flatMap((part): Value[] => {
    if (typeof part === "string") return [part];
    if (part.kind === "value") {
      const value = evaluate(part.expression, scope);
      return value instanceof Json || Array.isArray(value) || isObject(value)
        ? [value instanceof Json ? value : new Unknown("a template", "a value that is no string")]
        : [value === null ? "" : value];
    }
    if (part.kind === "if") {
      const decided = evaluate(part.condition, scope);
      if (decided instanceof Unknown) return [decided];
      return fill(decided === true ? part.yes : part.no, scope);
    }
    const entries = entriesOf(evaluate(part.in, scope));
    if (entries === undefined)
      return [new Unknown("%{ for }", "what it goes through is not known")];
    return entries.flatMap(([key, value]) =>
      fill(
        part.body,
        withLocals(scope, [
          [part.value, value],
          ...(part.key === undefined ? [] : ([[part.key, key]] as [string, Value][])),
        ]),
      ),
    );
  });
}
