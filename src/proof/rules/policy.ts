/** IAM policy documents: what AWS refuses, and what it accepts but cannot be meant. */
import type { Complaint, Test } from "./rule.ts";

/** Where a policy stands decides what a statement must hold, and how long it may be. */
export type PolicyKind =
  | "identity"
  | "inline"
  | "trust"
  | "resource"
  | "repository"
  | "key"
  | "endpoint";

const LIMITS: Record<PolicyKind, number> = {
  identity: 6144,
  inline: 10240,
  // 2048 by default, 4096 after a quota increase: what no account can have is an error.
  trust: 4096,
  resource: 262144,
  repository: 10240,
  key: 32768,
  endpoint: 20480,
};
const TOP = ["Version", "Id", "Statement"];
const STATEMENT = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];
const PRINCIPALS = ["AWS", "Service", "Federated", "CanonicalUser"];
const OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(String(Not)?Equals(IgnoreCase)?|String(Not)?Like|Numeric(Not)?Equals|Numeric(LessThan|GreaterThan)(Equals)?|Date(Not)?Equals|Date(LessThan|GreaterThan)(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?$/;

/** An action: `*`, or a service and a name that may hold wildcards. */
export const isAction = (value: string): boolean =>
  /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/.test(value);
/** The name of a condition operator. */
export const isOperator = (value: string): boolean => OPERATOR.test(value);
/** What `Resource` may name. */
export const isResource = (value: string): boolean =>
  /^\*$|^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$|^\$\{/.test(value);

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Stands for a policy document in tests on a mocked provider, which renders none: it fits every place. */
export const MOCKED_POLICY = '{"Version":"2012-10-17","Id":"mocked","Statement":[]}';

/** A policy document in JSON, for one kind of place. */
export const policy =
  (kind: PolicyKind): Test =>
  (value) => {
    const text = String(value);
    if (text === MOCKED_POLICY) return undefined;
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch (error) {
      return invalid(
        `${(error as Error).message}. jsonencode() and data "aws_iam_policy_document" write JSON that is valid.`,
        "The policy is not valid JSON",
      );
    }
    if (!isObject(document)) return invalid("A policy is an object with Version and Statement.");
    const size = JSON.stringify(document).length;
    if (size > LIMITS[kind])
      return invalid(
        `It has ${size} characters; ${LIMITS[kind]} are allowed here. Split it.`,
        "The policy is too long",
      );
    return documentProblem(document, kind);
  };

const invalid = (detail: string, summary = "The policy is not valid"): Complaint => ({
  summary,
  detail,
});

function documentProblem(document: Json, kind: PolicyKind): Complaint | undefined {
  const unknown = Object.keys(document).find((key) => !TOP.includes(key));
  if (unknown !== undefined) return invalid(unknownKey(unknown, TOP, "A policy"));
  const { Version: version, Statement: statements } = document;
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17")
    return invalid(`Version ${JSON.stringify(version)} does not exist. Write "2012-10-17".`);
  if (statements === undefined || list(statements).length === 0)
    return invalid("It has no Statement, so it allows and denies nothing.");
  const sids = new Set<unknown>();
  for (const [index, each] of list(statements).entries()) {
    const where = `Statement ${index + 1}`;
    if (!isObject(each)) return invalid(`${where} is not an object.`);
    const detail = statementProblem(each, kind, where);
    if (detail !== undefined) return invalid(detail);
    if (each.Sid !== undefined && sids.has(each.Sid))
      return invalid(
        `Two statements have the Sid ${JSON.stringify(each.Sid)}. Each must be unique.`,
      );
    sids.add(each.Sid);
  }
  if (version !== "2012-10-17")
    return {
      ...invalid(
        `${version === undefined ? "Version is missing, so AWS takes" : "It uses"} the language of 2008, in which policy variables are plain text. Write "2012-10-17".`,
        "The policy uses an old language version",
      ),
      severity: "warning",
    };
  return undefined;
}

function unknownKey(key: string, known: readonly string[], what: string): string {
  const near = known.find((each) => each.toLowerCase() === key.toLowerCase());
  const plural = known.find((each) => key.startsWith(each));
  const meant = near ?? plural;
  return `${what} has no element "${key}"${meant === undefined ? "" : `; did you mean "${meant}"?`} Known are ${known.join(", ")}.`;
}

function statementProblem(statement: Json, kind: PolicyKind, where: string): string | undefined {
  const unknown = Object.keys(statement).find((key) => !STATEMENT.includes(key));
  if (unknown !== undefined) return unknownKey(unknown, STATEMENT, where);
  const { Effect: effect, Sid: sid } = statement;
  if (effect !== "Allow" && effect !== "Deny")
    return effect === undefined
      ? `${where} has no Effect. Write "Allow" or "Deny".`
      : `${where} has the Effect ${JSON.stringify(effect)}. Write "Allow" or "Deny".`;
  if (
    sid !== undefined &&
    (typeof sid !== "string" || (isIdentity(kind) && !/^[A-Za-z0-9]*$/.test(sid)))
  )
    return `${where} has the Sid ${JSON.stringify(sid)}. It may hold letters and digits only.`;
  for (const [one, other] of [
    ["Action", "NotAction"],
    ["Resource", "NotResource"],
    ["Principal", "NotPrincipal"],
  ] as const)
    if (statement[one] !== undefined && statement[other] !== undefined)
      return `${where} has both ${one} and ${other}. Keep one of them.`;
  return (
    actionProblem(statement, where) ??
    principalProblem(statement, kind, where) ??
    resourceProblem(statement, kind, where) ??
    conditionProblem(statement.Condition, where)
  );
}

const isIdentity = (kind: PolicyKind): boolean =>
  kind === "identity" || kind === "inline" || kind === "trust";

function actionProblem(statement: Json, where: string): string | undefined {
  const actions = statement.Action ?? statement.NotAction;
  if (actions === undefined) return `${where} has no Action. Name what it allows or denies.`;
  for (const action of list(actions))
    if (typeof action !== "string" || !isAction(action))
      return `${where} has the action ${JSON.stringify(action)}. An action is written "service:Name", such as "s3:GetObject".`;
  if (list(actions).length === 0) return `${where} has an empty list of actions.`;
  return undefined;
}

function principalProblem(statement: Json, kind: PolicyKind, where: string): string | undefined {
  const principal = statement.Principal ?? statement.NotPrincipal;
  if (kind === "identity" || kind === "inline")
    return principal === undefined
      ? undefined
      : `${where} has a Principal. The policy of an identity has none: it applies to the one that it is attached to.`;
  if (principal === undefined) return `${where} has no Principal. Name whom it is for.`;
  if (principal === "*") return undefined;
  if (!isObject(principal))
    return `${where} has the Principal ${JSON.stringify(principal)}. Write "*", or an object with ${PRINCIPALS.join(", ")}.`;
  const unknown = Object.keys(principal).find((key) => !PRINCIPALS.includes(key));
  if (unknown !== undefined) return unknownKey(unknown, PRINCIPALS, `The Principal of ${where}`);
  if (Object.keys(principal).length === 0)
    return `${where} has an empty Principal. Name whom it is for.`;
  for (const [type, values] of Object.entries(principal))
    for (const value of list(values)) {
      if (typeof value !== "string" || value === "")
        return `${where} has the ${type} principal ${JSON.stringify(value)}. Give a text.`;
      if (type === "Service" && value !== "*" && !/^[a-z0-9.-]+\.[a-z0-9.-]+$/.test(value))
        return `${where} has the service principal "${value}". It is written "eks.amazonaws.com".`;
      if (
        type === "AWS" &&
        !/^(\*|\d{12}|arn:[^:]+:(iam|sts)::[^:]*:.+|A[A-Z0-9]{15,})$/.test(value)
      )
        return `${where} has the AWS principal "${value}". Give an account id, the ARN of a role or user, or "*".`;
    }
  return undefined;
}

function resourceProblem(statement: Json, kind: PolicyKind, where: string): string | undefined {
  const resources = statement.Resource ?? statement.NotResource;
  if (kind === "repository" && resources === undefined) return undefined;
  if (kind === "trust")
    return resources === undefined
      ? undefined
      : `${where} has a Resource. A trust policy has none: the role itself is the resource.`;
  if (resources === undefined) return `${where} has no Resource. Name what it is about, or "*".`;
  for (const resource of list(resources))
    if (typeof resource !== "string" || !isResource(resource))
      return `${where} has the resource ${JSON.stringify(resource)}. Give an ARN or "*".`;
  if (list(resources).length === 0) return `${where} has an empty list of resources.`;
  return undefined;
}

function conditionProblem(condition: unknown, where: string): string | undefined {
  if (condition === undefined) return undefined;
  if (!isObject(condition)) return `${where} has a Condition that is no object.`;
  for (const [operator, tests] of Object.entries(condition)) {
    if (!isOperator(operator))
      return `${where} has the condition operator "${operator}", which does not exist. Did you mean StringEquals, StringLike, ArnLike or Bool?`;
    if (!isObject(tests) || Object.keys(tests).length === 0)
      return `${where}: the condition ${operator} compares nothing. Give a key and its values.`;
    for (const [key, values] of Object.entries(tests)) {
      if (!/^[A-Za-z0-9-]+[A-Za-z0-9./_-]*:.+$/.test(key))
        return `${where}: the condition key "${key}" has no service prefix. It is written "aws:SourceArn".`;
      if (list(values).some((value) => isObject(value) || value === null))
        return `${where}: the condition on "${key}" compares with something that is no text.`;
    }
  }
  return undefined;
}
