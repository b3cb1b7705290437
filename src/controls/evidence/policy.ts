/** IAM policies as statements, however they are written: data source, jsonencode, or JSON text. */
import {
  AnyOf,
  blocksOf,
  isObject,
  Json,
  OneOf,
  type Place,
  placesOf,
  Reference,
  type Resource,
  showValue,
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
}

/** A policy's statements, or why they cannot be read. */
export type Policy = { statements: Statement[] } | { unresolved: string };

/** Reads the policy in an argument of a resource. */
export function policyOf(resource: Resource, argument: string): Policy {
  return readPolicy(resource.get(argument), resource.placeOf(argument));
}

/** Reads a policy from any value. */
export function readPolicy(value: Value | undefined, place: Place): Policy {
  if (value instanceof Reference) {
    const { resource, path } = value;
    if (
      resource.type === "aws_iam_policy_document" &&
      ["json", "minified_json"].includes(String(path[0]))
    )
      return fromDocument(resource);
    return { unresolved: `${value.name} is made elsewhere` };
  }
  if (value instanceof AnyOf) return readPolicy(value.of, place);
  if (value instanceof OneOf) return together(value.values.map((each) => readPolicy(each, place)));
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

const list = (value: Value | undefined): Value[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** What may be an Allow is one. */
const effectOf = (value: Value | undefined): Statement["effect"] => {
  const texts = textsOf(value);
  return texts.length > 0 && texts.every((text) => text === "Deny") ? "Deny" : "Allow";
};

/** `data.aws_iam_policy_document`, with the documents that it takes over. */
function fromDocument(document: Resource): Policy {
  const own = blocksOf(document.get("statement")).map((block) => fromBlock(block, document.place));
  const parts = [
    ...list(document.get("source_policy_documents")),
    ...list(document.get("override_policy_documents")),
  ].map((value) => readPolicy(value, document.place));
  return together([...parts, { statements: own }]);
}

function fromBlock(block: ValueObject, fallback: Place): Statement {
  const principals = (name: string): Principal[] =>
    blocksOf(block[name]).map((each) => ({
      type: textsOf(each.type)[0] ?? "",
      identifiers: textsOf(each.identifiers),
    }));
  return {
    sid: textsOf(block.sid)[0] ?? "",
    effect: effectOf(block.effect),
    actions: textsOf(block.actions),
    notActions: textsOf(block.not_actions),
    resources: textsOf(block.resources),
    notResources: textsOf(block.not_resources),
    principals: principals("principals"),
    notPrincipals: principals("not_principals"),
    conditions: blocksOf(block.condition).map((each) => ({
      test: textsOf(each.test)[0] ?? "",
      variable: textsOf(each.variable)[0] ?? "",
      values: textsOf(each.values),
    })),
    place: placesOf(block)?.self ?? fallback,
  };
}

function fromObject(policy: Value, place: Place): Policy {
  if (!isObject(policy)) return { unresolved: "it is no policy" };
  const statements = list(policy.Statement).map((each) => (each instanceof AnyOf ? each.of : each));
  const unknown = statements.find((each) => !isObject(each));
  if (unknown !== undefined) return { unresolved: `a statement is ${showValue(unknown)}` };
  return {
    statements: statements.filter(isObject).map((statement) => ({
      sid: textsOf(statement.Sid)[0] ?? "",
      effect: effectOf(statement.Effect),
      actions: textsOf(statement.Action),
      notActions: textsOf(statement.NotAction),
      resources: textsOf(statement.Resource),
      notResources: textsOf(statement.NotResource),
      principals: principalsOf(statement.Principal),
      notPrincipals: principalsOf(statement.NotPrincipal),
      conditions: isObject(statement.Condition)
        ? Object.entries(statement.Condition).flatMap(([test, variables]) =>
            isObject(variables)
              ? Object.entries(variables).map(([variable, values]) => ({
                  test,
                  variable,
                  values: textsOf(values),
                }))
              : [],
          )
        : [],
      place: placesOf(statement)?.self ?? place,
    })),
  };
}

function principalsOf(value: Value | undefined): Principal[] {
  if (value === "*") return [{ type: "*", identifiers: ["*"] }];
  if (!isObject(value)) return [];
  return Object.entries(value).map(([type, identifiers]) => ({
    type,
    identifiers: textsOf(identifiers),
  }));
}

/**
 * The values of a condition that holds exactly (`StringEquals`, `ArnEquals`); case of the key does not count.
 * Not `ForAllValues:`, which is true where the key is missing.
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

/** Whether an action pattern of a policy covers an action: `kms:*` covers `kms:Decrypt`. */
export function covers(pattern: string, action: string): boolean {
  const source = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(action.toLowerCase());
}

/** Whether a statement allows an action. */
export const allows = (statement: Statement, action: string): boolean =>
  statement.effect === "Allow" &&
  (statement.notActions.length > 0
    ? !statement.notActions.some((pattern) => covers(pattern, action))
    : statement.actions.some((pattern) => covers(pattern, action)));
