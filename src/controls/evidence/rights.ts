/** What bounds a permission: a region, names of the project, a tag, or resources of the repository. */
import { isOpen, labelOf } from "./iam.ts";
import { regionOf } from "./network.ts";
import { perObject } from "./once.ts";
import { covers, exactly, type Statement } from "./policy.ts";
import type { Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import type { Resource } from "./value.ts";

/** Where a permission is looked at. */
interface Where {
  subject: Subject;
  /** The root that gives it; undefined for a module that no root calls. */
  root: TerraformRoot | undefined;
}

/** Whether a statement satisfies a bound. */
export type Bound = (statement: Statement, where: Where) => boolean;

/** Actions that somebody needs, and how far they may reach. */
export interface Right {
  actions: readonly string[];
  bound: Bound;
}

const everyResource = (
  { resources, notResources }: Statement,
  test: (resource: string) => boolean,
): boolean => notResources.length === 0 && resources.length > 0 && resources.every(test);

const escaped = (text: string): string => text.replaceAll(/[.+*?^${}()|[\]\\]/g, "\\$&");

/** ARNs of this account whose name begins with the project's: no pattern stands before it. */
export const ofProject: Bound = (statement, { subject }) => {
  const project = subject.config === undefined ? "[\\w-]+" : escaped(subject.config.name);
  const named = new RegExp(
    `^arn:[^:*?]+:[a-z0-9-]+:[^:*?]*:[^:*?]*:([^*?]*[:/])?(${project}|\\$\\{var\\.name\\})-`,
  );
  return everyResource(
    statement,
    (resource) => named.test(resource) || /^\$\{[^{}]*\baws_\w+\.[^{}]*\}/.test(resource),
  );
};

const isOne = (values: readonly string[] | undefined, test: (value: string) => boolean): boolean =>
  values !== undefined && values.length > 0 && values.every(test);

/** Calls in the root's region. */
export const inRegion: Bound = (statement, { root }) => {
  const region = root === undefined ? undefined : regionOf(root);
  return isOne(exactly(statement, "aws:RequestedRegion"), (value) =>
    region === undefined || isOpen(value)
      ? /^(\$\{var\.region\}|[a-z0-9-]+)$/.test(value)
      : value === region,
  );
};

/** Resources that bear the project's tag, or get it. */
export const tagged: Bound = (statement, { subject }) =>
  ["aws:ResourceTag/Project", "aws:RequestTag/Project"].some((key) =>
    isOne(
      exactly(statement, key),
      (value) => value === (subject.config?.name ?? value) || value === "${var.name}",
    ),
  );

/** ARNs of a form. */
export const matching =
  (form: RegExp): Bound =>
  (statement) =>
    everyResource(statement, (resource) => form.test(resource));

export const both =
  (...bounds: readonly Bound[]): Bound =>
  (statement, where) =>
    bounds.every((bound) => bound(statement, where));

/** Nothing bounds it: the call takes no resource, or does no harm on any. */
export const anywhere: Bound = () => true;

const indexOf = perObject(({ actions }: Right) => ({
  exact: new Set(actions),
  open: actions.filter((action) => action.endsWith("*")),
}));

/** Whether an action of a statement is one of these rights, within its bound. */
const isWithin = (
  rights: readonly Right[],
  statement: Statement,
  action: string,
  where: Where,
): boolean =>
  rights.some((right) => {
    const { exact, open } = indexOf(right);
    return (
      (exact.has(action) || open.some((each) => covers(each, action))) &&
      right.bound(statement, where)
    );
  });

/** Notes what of a statement that allows something goes beyond these rights; `why` says what they are for. */
export function expectWithin(
  probe: Probe,
  rights: readonly Right[],
  role: Resource,
  statement: Statement,
  where: Where,
  why: string,
): void {
  if (statement.effect === "Deny") return;
  const { actions, notActions, resources } = statement;
  const beyond = actions.filter((action) => !isWithin(rights, statement, action, where));
  probe.that(
    beyond.length === 0 && notActions.length === 0,
    statement.placeOf(notActions.length > 0 ? "not_actions" : "actions"),
    `${role.address}: ${labelOf(statement)} allows ${beyond.join(", ") || "everything but its not_actions"} on ${resources.join(", ") || "everything"}, ${why}`,
    where.root?.path,
  );
}
