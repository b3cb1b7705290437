/** IAM policies as statements, however they are written: data source, jsonencode, or JSON text. */
import { perObject } from "./once.ts";
import {
  AnyOf,
  blocksOf,
  certainTextsOf,
  isObject,
  Json,
  OneOf,
  type Place,
  placesOf,
  Reference,
  type Resource,
  showValue,
  Text,
  textsOf,
  Unknown,
  type Value,
  type ValueObject,
} from "./value.ts";

export interface Condition {
  /** `StringEquals`. */
  test: string;
  /** `aws:SourceAccount`. */
  variable: string;
  values: string[];
  place: Place;
}

export interface Principal {
  /** AWS, Service, Federated, or `*`. */
  type: string;
  identifiers: string[];
}

export interface Statement {
  sid: string;
  effect: "Allow" | "Deny";
  actions: string[];
  notActions: string[];
  resources: string[];
  notResources: string[];
  principals: Principal[];
  notPrincipals: Principal[];
  conditions: Condition[];
  place: Place;
  /** Where its actions, resources … are written. */
  placeOf(part: StatementPart): Place;
  /** Present where it is not known whether the statement is there at all. */
  maybe?: Unknown;
}

/** Parts of a statement, as a policy document spells them. */
export type StatementPart =
  | "effect"
  | "actions"
  | "not_actions"
  | "resources"
  | "not_resources"
  | "principals"
  | "condition";

/** A policy's statements, or why they cannot be read. */
export type Policy = { statements: Statement[] } | { unresolved: string };

/** Policies of a resource that were read already, by argument. */
const policiesOf = perObject((_resource: Resource) => new Map<string, Policy>());

/** Reads the policy in an argument of a resource. */
export function policyOf(resource: Resource, argument: string): Policy {
  const known = policiesOf(resource);
  let policy = known.get(argument);
  if (policy === undefined) {
    policy = readPolicy(resource.get(argument), resource.placeOf(argument));
    known.set(argument, policy);
  }
  return policy;
}

/** Reads a policy from any value. A denial that may not be there is left out: it denies nothing for sure. */
export function readPolicy(value: Value | undefined, place: Place): Policy {
  const policy = readAll(value, place);
  return "unresolved" in policy
    ? policy
    : {
        statements: policy.statements.filter(
          ({ effect, maybe }) => effect === "Allow" || maybe === undefined,
        ),
      };
}

function readAll(value: Value | undefined, place: Place): Policy {
  if (value instanceof Reference) {
    const { resource, path } = value;
    if (
      resource.type === "aws_iam_policy_document" &&
      ["json", "minified_json"].includes(String(path[0]))
    )
      return fromDocument(resource);
    return { unresolved: `${value.name} is made elsewhere` };
  }
  if (value instanceof AnyOf) return readAll(value.of, place);
  if (value instanceof OneOf)
    return together(value.values.map((each) => uncertain(readAll(each, place), value)));
  if (value instanceof Json) return fromObject(value.value, place);
  if (value instanceof Unknown) return { unresolved: `${value.name}: ${value.why}` };
  if (typeof value === "string") {
    try {
      return fromObject(JSON.parse(value) as Value, place);
    } catch {
      return { unresolved: "this is no JSON" };
    }
  }
  if (isObject(value)) return fromObject(value, place);
  // JSON text with unknown parts inside its strings.
  if (value instanceof Text) {
    const text = value.parts
      .map((part) => (typeof part === "string" ? part : JSON.stringify(String(part)).slice(1, -1)))
      .join("");
    try {
      return fromObject(JSON.parse(text) as Value, place);
    } catch {
      return { unresolved: "it is known in parts only" };
    }
  }
  return {
    unresolved:
      value === undefined || value === null ? "nothing is set" : "it is known in parts only",
  };
}

const together = (policies: readonly Policy[]): Policy => {
  const unresolved = policies.find((policy) => "unresolved" in policy);
  return (
    unresolved ?? {
      statements: policies.flatMap((policy) => ("statements" in policy ? policy.statements : [])),
    }
  );
};

/** The same statements, none of them for sure. */
const uncertain = (policy: Policy, maybe: Unknown): Policy =>
  "unresolved" in policy
    ? policy
    : { statements: policy.statements.map((statement) => ({ ...statement, maybe })) };

const list = (value: Value | undefined): Value[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** `data.aws_iam_policy_document`, with the documents that it takes over. */
const fromDocument: (document: Resource) => Policy = perObject(readDocument);

function readDocument(document: Resource): Policy {
  const statements = document.get("statement");
  if (statements instanceof Unknown) return { unresolved: `${statements.name}: ${statements.why}` };
  const own = blocksOf(statements).map((block) => fromBlock(block, document.place));
  const others = (argument: string): Policy[] =>
    list(document.get(argument)).map((value) => readAll(value, document.place));
  const policy = together([
    ...others("source_policy_documents"),
    { statements: own },
    ...others("override_policy_documents"),
  ]);
  if ("unresolved" in policy) return policy;
  // A later statement replaces an earlier one of the same sid; one that may do so takes a denial's certainty.
  return {
    statements: policy.statements.filter(
      ({ sid, effect }, index) =>
        sid === "" ||
        !policy.statements
          .slice(index + 1)
          .some((later) =>
            effect === "Deny"
              ? later.sid.split(OR).includes(sid)
              : later.sid === sid && later.maybe === undefined,
          ),
    ),
  };
}

/** A denial only where nothing else is possible. */
const effectOf = (value: Value | undefined): Statement["effect"] => {
  const texts = textsOf(value);
  return texts.length > 0 && texts.every((text) => text === "Deny") ? "Deny" : "Allow";
};

/** Between the texts of which one holds: what may be one thing or another is none of the names that are asked for. */
const OR = " or ";
const nameOf = (value: Value | undefined): string => [...new Set(textsOf(value))].join(OR);

/** How the parts of a statement are read that make it wider: what a permission may reach, what a denial reaches for sure. */
const reachOf = (effect: Statement["effect"]): ((value: Value | undefined) => string[]) =>
  effect === "Deny" ? certainTextsOf : textsOf;

/** A condition that cannot be read narrows a denial, and bounds no permission. */
const unreadable = (effect: Statement["effect"], place: Place): Condition[] =>
  effect === "Deny" ? [{ test: "?", variable: "?", values: [], place }] : [];

function fromBlock(block: ValueObject, fallback: Place): Statement {
  const place = placesOf(block)?.self ?? fallback;
  const effect = effectOf(block.effect);
  const reach = reachOf(effect);
  const principals = (name: string): Principal[] =>
    blocksOf(block[name])
      .filter((each) => effect === "Allow" || placesOf(each)?.maybe === undefined)
      .flatMap((each) =>
        reach(each.type).map((type) => ({ type, identifiers: reach(each.identifiers) })),
      );
  return {
    sid: nameOf(block.sid),
    effect,
    actions: reach(block.actions),
    notActions: textsOf(block.not_actions),
    resources: reach(block.resources),
    notResources: textsOf(block.not_resources),
    principals: principals("principals"),
    notPrincipals: principals("not_principals"),
    conditions:
      block.condition instanceof Unknown
        ? unreadable(effect, place)
        : blocksOf(block.condition)
            // One that may be missing bounds no permission; a denial may be narrowed by it.
            .filter((each) => effect === "Deny" || placesOf(each)?.maybe === undefined)
            .map((each) => ({
              test: nameOf(each.test),
              variable: nameOf(each.variable),
              values: textsOf(each.values),
              place: placesOf(each)?.self ?? place,
            })),
    place,
    placeOf: (part) => placesOf(block)?.arguments.get(part) ?? place,
    ...maybeOf(block),
  };
}

const maybeOf = (block: ValueObject): { maybe?: Unknown } => {
  const maybe = placesOf(block)?.maybe;
  return maybe === undefined ? {} : { maybe };
};

/** As JSON spells them. */
const JSON_PARTS: Record<StatementPart, string> = {
  effect: "Effect",
  actions: "Action",
  not_actions: "NotAction",
  resources: "Resource",
  not_resources: "NotResource",
  principals: "Principal",
  condition: "Condition",
};

function fromObject(policy: Value, place: Place): Policy {
  if (!isObject(policy)) return { unresolved: "it is no policy" };
  const statements = list(policy.Statement).flatMap((each) => alternatives(each));
  const unknown = statements.find(({ value }) => !isObject(value));
  if (unknown !== undefined)
    return { unresolved: `one of its statements is ${showValue(unknown.value)}` };
  return {
    statements: statements.flatMap(({ value, maybe }) =>
      isObject(value)
        ? [{ ...fromStatement(value, place), ...(maybe === undefined ? {} : { maybe }) }]
        : [],
    ),
  };
}

function fromStatement(statement: ValueObject, fallback: Place): Statement {
  const place = placesOf(statement)?.self ?? fallback;
  const effect = effectOf(statement.Effect);
  const reach = reachOf(effect);
  return {
    sid: nameOf(statement.Sid),
    effect,
    actions: reach(statement.Action),
    notActions: textsOf(statement.NotAction),
    resources: reach(statement.Resource),
    notResources: textsOf(statement.NotResource),
    principals: principalsOf(statement.Principal, effect),
    notPrincipals: principalsOf(statement.NotPrincipal, "Allow"),
    conditions: conditionsOf(statement.Condition, effect, place),
    place,
    placeOf: (part) => placesOf(statement)?.arguments.get(JSON_PARTS[part]) ?? place,
  };
}

function conditionsOf(
  value: Value | undefined,
  effect: Statement["effect"],
  place: Place,
): Condition[] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) return unreadable(effect, place);
  return Object.entries(value).flatMap(([test, variables]) =>
    isObject(variables)
      ? Object.entries(variables).map(([variable, values]) => ({
          test,
          variable,
          values: textsOf(values),
          place: placesOf(variables)?.arguments.get(variable) ?? place,
        }))
      : unreadable(effect, place),
  );
}

/** What a value may come to; `maybe` where it need not. */
function alternatives(value: Value, maybe?: Unknown): { value: Value; maybe?: Unknown }[] {
  if (value instanceof AnyOf) return alternatives(value.of, value);
  if (value instanceof OneOf) return value.values.flatMap((each) => alternatives(each, value));
  if (Array.isArray(value)) return value.flatMap((each) => alternatives(each, maybe));
  return [maybe === undefined ? { value } : { value, maybe }];
}

/** Everyone whom a permission may name; whom a denial names for sure. */
function principalsOf(value: Value | undefined, effect: Statement["effect"]): Principal[] {
  if (value === "*") return [{ type: "*", identifiers: ["*"] }];
  if (value instanceof OneOf)
    return effect === "Deny" ? [] : value.values.flatMap((each) => principalsOf(each, effect));
  if (!isObject(value)) return [];
  const reach = reachOf(effect);
  return Object.entries(value).map(([type, identifiers]) => ({
    type,
    identifiers: reach(identifiers),
  }));
}

/**
 * The values of a condition that holds exactly (`StringEquals`, `ArnEquals`); case of the key does not count.
 * `ForAllValues:` is no such condition: it also holds where the key is missing.
 */
export const exactly = (statement: Statement, variable: string): string[] | undefined =>
  conditionOf(statement, variable, (test) => /^(ForAnyValue:)?(String|Arn)Equals$/.test(test));

/** The values of a condition by its test. */
export function conditionOf(
  { conditions }: Statement,
  variable: string,
  test: (name: string) => boolean,
): string[] | undefined {
  const found = conditions.filter(
    (condition) =>
      condition.variable.toLowerCase() === variable.toLowerCase() && test(condition.test),
  );
  return found.length === 0 ? undefined : found.flatMap(({ values }) => values);
}

/** Whether a statement lets anyone: no principal is named. */
export const isForAnyone = ({ principals, notPrincipals }: Statement): boolean =>
  notPrincipals.length > 0 ||
  principals.some(
    ({ type, identifiers }) => type === "*" || (type === "AWS" && identifiers.includes("*")),
  );

const patterns = new Map<string, (action: string) => boolean>();

/** Whether an action pattern of a policy covers an action: `kms:*` covers `kms:Decrypt`. */
export function covers(pattern: string, action: string): boolean {
  let test = patterns.get(pattern);
  if (test === undefined) {
    test = patternTest(pattern.toLowerCase());
    patterns.set(pattern, test);
  }
  return test(lowerCase(action));
}

const lower = new Map<string, string>();

function lowerCase(action: string): string {
  let found = lower.get(action);
  if (found === undefined) {
    found = action.toLowerCase();
    lower.set(action, found);
  }
  return found;
}

function patternTest(pattern: string): (action: string) => boolean {
  if (!/[*?]/.test(pattern)) return (action) => action === pattern;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`);
  return (action) => expression.test(action);
}

/** Patterns by what they cover: most name one action, and a policy has hundreds of them. */
interface Actions {
  exact: ReadonlySet<string>;
  open: readonly string[];
}

const index = (patterns: readonly string[]): Actions => ({
  exact: new Set(patterns.map(lowerCase)),
  open: patterns.filter((pattern) => /[*?]/.test(pattern)),
});

const actionsOf = perObject(({ actions }: Statement) => index(actions));
const notActionsOf = perObject(({ notActions }: Statement) => index(notActions));

const includes = ({ exact, open }: Actions, action: string): boolean =>
  exact.has(lowerCase(action)) || open.some((pattern) => covers(pattern, action));

/** Whether a statement allows an action. */
export const allows = (statement: Statement, action: string): boolean =>
  statement.effect === "Allow" &&
  (statement.notActions.length > 0
    ? !includes(notActionsOf(statement), action)
    : includes(actionsOf(statement), action));
