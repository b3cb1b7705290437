/** IAM roles, whom they trust and what they are given, whichever way it is attached. */

import { perObject } from "./once.ts";
import { allows, exactly, type Policy, policyOf, readPolicy, type Statement } from "./policy.ts";
import { ofType, type Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import {
  blocksOf,
  leavesOf,
  type Place,
  placesOf,
  Reference,
  type Resource,
  textOf,
  textsOf,
  type Value,
} from "./value.ts";

/** Whether a text holds a part that is not known. */
export const isOpen = (text: string): boolean => text.includes("${");

/** A part of a text that is given from outside, such as `${var.repository}`; IAM's own variables are none. */
export const GIVEN_PART = String.raw`\$\{(?:each of )?(?:split\()?(?:module\.[\w-]+\.)*var\.[\w.]+\)?(?:\.[\w]+)*\}`;

/** The text without its unknown parts: their names may hold any character. */
export const knownPart = (text: string): string => text.replaceAll(/\$\{[^{}]*\}/g, "");

/** What of a root or module is looked at. */
type Resources = Pick<TerraformRoot, "resources">;

const managed = ofType;

export const rolesIn = (root: Resources): Resource[] => managed(root, "aws_iam_role");

/** The role's name as the text gives it; its address where AWS makes one up. */
export const nameOfRole = (role: Resource): string => textsOf(role.get("name"))[0] ?? role.address;

/** What a role's trust policy allows. What cannot be read is noted. */
export function trustOf(probe: Probe, role: Resource): Statement[] {
  const policy = policyOf(role, "assume_role_policy");
  if ("statements" in policy) return policy.statements.filter(({ effect }) => effect === "Allow");
  probe.unresolved(
    role.placeOf("assume_role_policy"),
    `${role.address}: whom it trusts cannot be read (${policy.unresolved})`,
    role.root,
  );
  return [];
}

/** Identifiers of a statement's principals of one type. */
export const principalsOfType = (statement: Statement, wanted: string): string[] =>
  statement.principals.filter(({ type }) => type === wanted).flatMap((each) => each.identifiers);

/** Whether tokens of an identity provider are exchanged for the role. */
export const isWebIdentity = (statement: Statement): boolean =>
  principalsOfType(statement, "Federated").length > 0 ||
  allows(statement, "sts:AssumeRoleWithWebIdentity") ||
  allows(statement, "sts:AssumeRoleWithSAML");

/** Whether EKS Pod Identity may take the role. */
export const isPodIdentity = (statement: Statement): boolean =>
  principalsOfType(statement, "Service").some((service) => /^pods\.eks\./.test(service));

/** The exact values that a token's claim must have; undefined where nothing asks for it. */
export function claimOf(statement: Statement, claim: "sub" | "aud"): string[] | undefined {
  const keys = new Set(
    statement.conditions.map(({ variable }) => variable).filter((key) => key.endsWith(`:${claim}`)),
  );
  const [key] = keys;
  return key === undefined || keys.size > 1 ? undefined : exactly(statement, key);
}

/** Where a condition on a key, or on a claim by its end, is written; where there is none, the statement. */
export const placeOfCondition = ({ conditions, place }: Statement, key: string): Place =>
  conditions.find(({ variable }) => variable.toLowerCase().endsWith(key.toLowerCase()))?.place ??
  place;

const TAG = "aws:RequestTag/";

/** Service accounts, as namespace:name, that a trust statement lets in. */
export function serviceAccountsOf(statement: Statement): string[] {
  if (isPodIdentity(statement)) {
    const namespaces = exactly(statement, `${TAG}kubernetes-namespace`) ?? ["*"];
    const names = exactly(statement, `${TAG}kubernetes-service-account`) ?? ["*"];
    return namespaces.flatMap((namespace) => names.map((name) => `${namespace}:${name}`));
  }
  if (!isWebIdentity(statement)) return [];
  return (claimOf(statement, "sub") ?? []).flatMap(
    (subject) => /^system:serviceaccount:(.+)$/.exec(subject)?.[1] ?? [],
  );
}

/** Whether a role is for one service account, `namespace:name`, and nobody else. */
export function isRoleOf(probe: Probe, role: Resource, account: string): boolean {
  const [statement, ...others] = trustOf(probe, role);
  return (
    statement !== undefined &&
    others.length === 0 &&
    serviceAccountsOf(statement).join() === account
  );
}

/** A policy that a role, or whoever is named, is given. */
export interface Grant {
  /** The role of this root; undefined where somebody else is named. */
  role: Resource | undefined;
  /** Who gets it, for messages. */
  who: string;
  /** Path and name of a policy of AWS: `service-role/AmazonEBSCSIDriverPolicy`. */
  aws?: string;
  /** What a policy of this repository says. */
  statements?: Statement[];
  /** Why it cannot be told what is given. */
  unresolved?: string;
  /** The attachment. */
  resource: Resource;
  place: Place;
}

/** Every policy that is attached to something, whichever of the eight ways it is written. */
export const grantsOf: (root: Resources) => Grant[] = perObject(readGrants);

function readGrants(root: Resources): Grant[] {
  const grant = (
    resource: Resource,
    role: Value | undefined,
    place: Place,
    what: Pick<Grant, "aws" | "statements" | "unresolved">,
  ): Grant => {
    const found = roleOf(root, role);
    return { role: found, who: found?.address ?? textOf(role) ?? "?", resource, place, ...what };
  };
  const attached = (resource: Resource, roles: string, policies: string): Grant[] =>
    leavesOf(resource.get(roles)).flatMap((role) =>
      leavesOf(resource.get(policies)).map((policy) =>
        grant(resource, role, resource.placeOf(policies), attachedPolicy(root, policy)),
      ),
    );
  const inline = (resource: Resource, who: string, argument: string): Grant[] =>
    leavesOf(resource.get(who)).map((role) =>
      grant(resource, role, resource.placeOf(argument), said(policyOf(resource, argument))),
    );
  return [
    ...managed(root, "aws_iam_role_policy_attachment").flatMap((each) =>
      attached(each, "role", "policy_arn"),
    ),
    ...managed(root, "aws_iam_policy_attachment").flatMap((each) =>
      ["roles", "users", "groups"].flatMap((whom) => attached(each, whom, "policy_arn")),
    ),
    ...managed(root, "aws_iam_role_policy_attachments_exclusive").flatMap((each) =>
      attached(each, "role_name", "policy_arns"),
    ),
    ...managed(root, "aws_iam_user_policy_attachment").flatMap((each) =>
      attached(each, "user", "policy_arn"),
    ),
    ...managed(root, "aws_iam_group_policy_attachment").flatMap((each) =>
      attached(each, "group", "policy_arn"),
    ),
    ...managed(root, "aws_ssoadmin_managed_policy_attachment").flatMap((each) =>
      attached(each, "permission_set_arn", "managed_policy_arn"),
    ),
    ...managed(root, "aws_iam_role_policy").flatMap((each) => inline(each, "role", "policy")),
    ...managed(root, "aws_iam_user_policy").flatMap((each) => inline(each, "user", "policy")),
    ...managed(root, "aws_iam_group_policy").flatMap((each) => inline(each, "group", "policy")),
    ...managed(root, "aws_ssoadmin_permission_set_inline_policy").flatMap((each) =>
      inline(each, "permission_set_arn", "inline_policy"),
    ),
    ...rolesIn(root).flatMap((role) => [
      ...leavesOf(role.get("managed_policy_arns")).map((policy) => ({
        role,
        who: role.address,
        resource: role,
        place: role.placeOf("managed_policy_arns"),
        ...attachedPolicy(root, policy),
      })),
      ...blocksOf(role.get("inline_policy"))
        .filter((block) => block.policy !== undefined && block.policy !== null)
        .map((block) => {
          const place = placesOf(block)?.arguments.get("policy") ?? role.placeOf("inline_policy");
          return {
            role,
            who: role.address,
            resource: role,
            place,
            ...said(readPolicy(block.policy, place)),
          };
        }),
    ]),
  ];
}

const said = (policy: Policy): Pick<Grant, "statements" | "unresolved"> =>
  "statements" in policy
    ? { statements: policy.statements }
    : { unresolved: `its policy cannot be read: ${policy.unresolved}` };

/** The role that an attachment names, by reference, name, id or ARN. */
export function roleOf(root: Resources, value: Value | undefined): Resource | undefined {
  if (value instanceof Reference) {
    const { resource } = value;
    return resource.type === "aws_iam_role" && resource.mode === "managed" ? resource : undefined;
  }
  const texts = textsOf(value).map((text) => text.slice(text.lastIndexOf("/") + 1));
  return rolesIn(root).find((role) =>
    textsOf(role.get("name")).some((name) => texts.includes(name)),
  );
}

/** What an ARN of a policy gives. */
function attachedPolicy(
  root: Resources,
  value: Value,
): Pick<Grant, "aws" | "statements" | "unresolved"> {
  if (value instanceof Reference && value.resource.type === "aws_iam_policy") {
    const { resource } = value;
    if (resource.mode === "managed") return said(policyOf(resource, "policy"));
    const [name] = [...textsOf(resource.get("name")), ...textsOf(resource.get("arn"))];
    if (name !== undefined) return { aws: name.slice(name.indexOf(":policy/") + 1) };
  }
  const [text = ""] = textsOf(value);
  const aws = /^arn:[^:]*:iam::aws:policy\/(.+)$/.exec(text)?.[1];
  if (aws !== undefined && !isOpen(aws)) return { aws };
  const own = /^arn:.*:policy\/(.+)$/.exec(text)?.[1];
  const policy = managed(root, "aws_iam_policy").find((each) =>
    textsOf(each.get("name")).some((name) => own === name || own?.endsWith(`/${name}`)),
  );
  if (policy !== undefined) return said(policyOf(policy, "policy"));
  return { unresolved: `the policy ${text || "?"} is not in this repository` };
}

/** An identity policy: one that says what its holder may do, not who may come. */
interface IdentityPolicy {
  what: string;
  root: string;
  place: Place;
  policy: Policy;
}

/** Policies that grant nothing: attached to nobody, and called what the boundary of roles is called. */
export const boundariesOf = (root: TerraformRoot): Resource[] =>
  managed(root, "aws_iam_policy").filter(
    (policy) =>
      textsOf(policy.get("name")).every((name) => name.endsWith("-boundary")) &&
      !grantsOf(root).some(({ resource }) =>
        ["policy_arn", "policy_arns", "managed_policy_arns", "managed_policy_arn"].some(
          (argument) =>
            leavesOf(resource.get(argument)).some(
              (value) =>
                (value instanceof Reference && value.resource === policy) ||
                textsOf(value).some((text) => text.endsWith("-boundary")),
            ),
        ),
      ),
  );

/** Every identity policy of a root, attached or not, also those that only a policy document holds. */
function identityPoliciesOf(root: TerraformRoot): IdentityPolicy[] {
  const boundaries = boundariesOf(root);
  const documents = boundaries.flatMap((policy) => {
    const document = policy.get("policy");
    return document instanceof Reference ? [document.resource] : [];
  });
  const ofResource = (resource: Resource, argument: string): IdentityPolicy => ({
    what: resource.address,
    root: root.path,
    place: resource.placeOf(argument),
    policy: policyOf(resource, argument),
  });
  return [
    ...managed(
      root,
      "aws_iam_policy",
      "aws_iam_role_policy",
      "aws_iam_user_policy",
      "aws_iam_group_policy",
    )
      .filter((each) => !boundaries.includes(each))
      .map((each) => ofResource(each, "policy")),
    ...managed(root, "aws_ssoadmin_permission_set_inline_policy").map((each) =>
      ofResource(each, "inline_policy"),
    ),
    ...rolesIn(root).flatMap((role) =>
      blocksOf(role.get("inline_policy"))
        .filter((block) => block.policy !== undefined && block.policy !== null)
        .map((block) => {
          const place = placesOf(block)?.arguments.get("policy") ?? role.placeOf("inline_policy");
          return {
            what: role.address,
            root: root.path,
            place,
            policy: readPolicy(block.policy, place),
          };
        }),
    ),
    ...root.resources
      .filter(({ mode, type }) => mode === "data" && type === "aws_iam_policy_document")
      .filter((document) => !documents.includes(document))
      .map((document) => ({
        what: document.address,
        root: root.path,
        place: document.place,
        policy: readPolicy(new Reference(document, ["json"]), document.place),
      })),
  ];
}

/** Goes through what the identity policies of a root allow. What cannot be read is noted. */
export function eachAllowed(
  probe: Probe,
  root: TerraformRoot,
  visit: (statement: Statement) => void,
): void {
  for (const { what, place, policy } of identityPoliciesOf(root)) {
    if ("unresolved" in policy) {
      probe.unresolved(place, `${what}: it cannot be read (${policy.unresolved})`, root.path);
      continue;
    }
    for (const statement of policy.statements) {
      const { principals, notPrincipals, effect, actions } = statement;
      // With a principal it is a policy of a key, a bucket or an endpoint, or a trust.
      if (effect === "Deny" || principals.length > 0 || notPrincipals.length > 0) continue;
      const open = [...actions, ...statement.notActions].find(isOpen);
      if (open !== undefined)
        probe.unresolved(
          statement.placeOf("actions"),
          `${labelOf(statement)} allows ${open}, which cannot be resolved from the text`,
          root.path,
        );
      visit(statement);
    }
  }
}

/** A statement for a message. */
export const labelOf = ({ sid }: Statement): string =>
  sid === "" ? "a statement" : `statement ${sid}`;

/** Policies of AWS that make their holder an administrator of the account or of one service. */
export const isAdministrators = (aws: string): boolean =>
  /(^|\/)(Administrator|PowerUser|IAM(?!ReadOnly|AccessAnalyzerReadOnly)|SystemAdministrator|NetworkAdministrator|DatabaseAdministrator|SecurityAdmin|AWSOrganizations(?!ReadOnly)|DataScientist|AmazonEC2RoleforSSM)/i.test(
    aws,
  ) || /(FullAccess|PowerUser|Admin(istrator)?(Access|Policy)?)(_?v\d+)?$/i.test(aws);

/** Whether a resource of a statement names nothing in particular. */
export const isEverything = (resource: string): boolean =>
  /^\*+$/.test(resource) || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*+$/.test(resource);

/** What makes a statement as good as an administrator's; undefined where nothing does. */
export function tooWide(statement: Statement): string | undefined {
  const { effect, actions, notActions, resources, notResources } = statement;
  if (effect === "Deny") return undefined;
  if (notActions.length > 0) return `everything but ${notActions.join(", ")} (NotAction)`;
  const everywhere = notResources.length > 0 || resources.some(isEverything);
  for (const action of actions) {
    if (/^\*+(:\*+)?$/.test(action)) return `${action}`;
    if (/^(iam|sts|organizations|account|sso|kms):\*+$/i.test(action)) return action;
    if (everywhere && /^[\w-]+:\*+$/.test(action)) return `${action} on every resource`;
  }
  const roles =
    everywhere || resources.some((resource) => /:role\/\*+$|:role\*|^arn:[^:]*\*/.test(resource));
  if (roles && allows(statement, "sts:AssumeRole")) return "sts:AssumeRole on every role";
  return undefined;
}

/** Roles of the pipeline. */
interface PipelineRoles {
  root: TerraformRoot;
  /** Those that only read. */
  plan: Resource[];
  /** Every other: the apply role, and whatever was added. */
  apply: Resource[];
}

/** The pipeline's roles of each bootstrap root; where one of the two is missing, that is wrong. */
export function pipelineRolesOf(probe: Probe, subject: Subject): PipelineRoles[] {
  const roots = probe.bootstraps(subject);
  if (roots.length === 0 && subject.from === "repository")
    probe.wrong(
      { file: "hardened-eks.yaml", line: 1 },
      "bootstrap is missing, though the answers name a pipeline",
    );
  return roots.map((root) => {
    const roles = rolesIn(root);
    const plan = roles.filter((role) => /(^|-)plan$/.test(nameOfRole(role)));
    const apply = roles.filter((role) => !plan.includes(role));
    for (const [name, found] of [
      ["plan", plan],
      ["apply", apply],
    ] as const)
      if (found.length === 0)
        probe.wrong(root.place, `${root.path} has no ${name} role for the pipeline`, root.path);
    return { root, plan, apply };
  });
}

/** What modules make as they stand: also roles that no root makes today. */
export function modulesAlone({
  roots,
  modules,
}: Subject): { path: string; resources: readonly Resource[] }[] {
  const own = new Set(roots.map(({ path }) => path));
  return modules
    .filter(({ path }) => !own.has(path))
    .map((module) => ({ path: module.path, resources: module.resources() }));
}

/** What a role is given, by whichever root. What cannot be told of it is noted. */
export function grantedTo(probe: Probe, subject: Subject, role: Resource): Grant[] {
  const name = nameOfRole(role);
  return subject.roots.flatMap((root) => {
    const grants = grantsOf(root).filter(
      (grant) =>
        grant.role === role ||
        (root.path !== role.root && grant.role === undefined && grant.who.endsWith(name)) ||
        (root.path === role.root && grant.role === undefined && isOpen(grant.who)),
    );
    for (const { unresolved, place, role: holder, who } of grants)
      if (unresolved !== undefined)
        probe.unresolved(place, `${role.address}: ${unresolved}`, root.path);
      else if (holder === undefined && isOpen(who))
        probe.unresolved(
          place,
          `${role.address}: whether it gets this policy cannot be resolved from the text (${who})`,
          root.path,
        );
    return grants;
  });
}

/** Roles of whoever is a person: of the roots, and of modules whose roles no root makes today. */
export function rolesForPeople(
  probe: Probe,
  subject: Subject,
): { role: Resource; statement: Statement }[] {
  const inRoots = subject.roots.flatMap((root) =>
    rolesIn(root).flatMap((role) => trustOf(probe, role).map((statement) => ({ role, statement }))),
  );
  const inModules = modulesAlone(subject).flatMap((module) =>
    rolesIn(module).flatMap((role) => {
      const policy = policyOf(role, "assume_role_policy");
      return "statements" in policy
        ? policy.statements.map((statement) => ({ role, statement }))
        : [];
    }),
  );
  return [...inRoots, ...inModules].filter(
    ({ statement }) =>
      statement.effect === "Allow" && principalsOfType(statement, "AWS").length > 0,
  );
}
