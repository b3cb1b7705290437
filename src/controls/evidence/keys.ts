/** KMS keys: who may do what with them, and what they are used for. */
import { regionOf } from "./network.ts";
import { perObject } from "./once.ts";
import {
  allows,
  conditionOf,
  exactly,
  isForAnyone,
  type Principal,
  policyOf,
  type Statement,
} from "./policy.ts";
import { ofType, type Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import {
  blocksOf,
  isObject,
  leavesOf,
  mayBe,
  type Place,
  placesOf,
  type Resource,
  resourcesIn,
  type Value,
} from "./value.ts";

export const KEY_TYPES = [
  "aws_kms_key",
  "aws_kms_external_key",
  "aws_kms_replica_key",
  "aws_kms_replica_external_key",
];

const keysOf = (root: TerraformRoot): Resource[] => ofType(root, ...KEY_TYPES);

/** Every key of every root, with its root; where a root that has to have keys has none, that is noted. */
export function allKeys(subject: Subject, probe: Probe): { root: TerraformRoot; key: Resource }[] {
  for (const root of [...probe.environments(subject), ...probe.accounts(subject)])
    probe.some(root, "KMS key", ...KEY_TYPES);
  return subject.roots.flatMap((root) => keysOf(root).map((key) => ({ root, key })));
}

/** Where a key's policy is set: in the key, or beside it. */
export const policiesOf = (root: TerraformRoot, key: Resource): Resource[] => [
  ...(key.get("policy") === undefined || key.get("policy") === null ? [] : [key]),
  ...ofType(root, "aws_kms_key_policy").filter((each) => mayBe(each.get("key_id"), key)),
];

/** A statement that allows something. */
interface Grant {
  root: TerraformRoot;
  key: Resource;
  statement: Statement;
}

/** Every statement of a key's policies that allows something. A policy that cannot be read is noted. */
export function grantsOf(probe: Probe, root: TerraformRoot, key: Resource): Grant[] {
  const policies = policiesOf(root, key);
  if (policies.length === 0)
    probe.wrong(
      key.place,
      `${key.address} has no policy: KMS gives it one that allows the account kms:*`,
      root.path,
    );
  return policies.flatMap((resource) => {
    const policy = policyOf(resource, "policy");
    if ("unresolved" in policy) {
      probe.unresolved(
        resource.placeOf("policy"),
        `${key.address}: the policy cannot be read (${policy.unresolved})`,
        root.path,
      );
      return [];
    }
    return policy.statements
      .filter(({ effect }) => effect === "Allow")
      .map((statement) => ({ root, key, statement }));
  });
}

/** Actions that work on data. */
const USE = [
  "kms:Decrypt",
  "kms:DeriveSharedSecret",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyPair",
  "kms:GenerateDataKeyPairWithoutPlaintext",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:GenerateMac",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:Sign",
];

/** Whether a statement lets somebody work on data under the key. */
export const isUse = (statement: Statement): boolean =>
  USE.some((action) => allows(statement, action));

export const isGrant = (statement: Statement): boolean => allows(statement, "kms:CreateGrant");

/** Who a principal stands for; `unknown` where the text does not say. */
type Who = "anyone" | "account" | "role" | "administrators" | "service" | "other" | "unknown";

/** Lists of administrators that are asked for: their variables take roles only. */
const ADMINISTRATORS = /^\$\{(each of )?var\.(key_)?admin_role_arns\}$/;
const ROLE = /^arn:[a-z-]+:iam::(\d{12}|\$\{var\.account_id\}):role\/[^*?]+$/;
const ROLE_REFERENCE = /^\$\{[^{}]*\baws_iam_role\.[^{}]*\.arn\}$/;

/** Whether a text is the ARN of one role. */
export const isRole = (text: string): boolean => ROLE.test(text) || ROLE_REFERENCE.test(text);

function whoIs(type: string, identifier: string): Who {
  if (type === "*" || identifier === "*" || identifier.includes("*")) return "anyone";
  if (type === "Service") return identifier.includes("${") ? "unknown" : "service";
  if (type !== "AWS") return "other";
  if (ADMINISTRATORS.test(identifier)) return "administrators";
  if (isRole(identifier)) return "role";
  if (/:root$|^\d{12}$|^\$\{var\.account_id\}$/.test(identifier)) return "account";
  return identifier.includes("${") ? "unknown" : "other";
}

/** Everyone that a statement names. */
export const whoOf = (statement: Statement): { who: Who; identifier: string }[] => {
  if (isForAnyone(statement)) return [{ who: "anyone", identifier: "*" }];
  const found = statement.principals.flatMap(({ type, identifiers }: Principal) =>
    identifiers.map((identifier) => ({ who: whoIs(type, identifier), identifier })),
  );
  return found.length > 0 ? found : [{ who: "unknown", identifier: "nobody that can be read" }];
};

/** The roles that a condition narrows the callers to; undefined where it does not. */
export function rolesBoundIn(statement: Statement): string[] | undefined {
  const roles = exactly(statement, "aws:PrincipalArn");
  return roles !== undefined && roles.length > 0 && roles.every(isRole) ? roles : undefined;
}

/** Whether a statement works only through one service of the region: `eks`, `s3`, `ec2`. */
export const isThrough = (statement: Statement, root: TerraformRoot, service?: string): boolean => {
  const through = exactly(statement, "kms:ViaService");
  return (
    through !== undefined &&
    through.length > 0 &&
    through.every((name) => isServiceName(name, root, service))
  );
};

/** `eks.us-east-1.amazonaws.com`, of this service and of the root's region. */
export function isServiceName(name: string, root: TerraformRoot, service?: string): boolean {
  const match = /^([a-z0-9-]+)\.([a-z0-9-]+)\.([a-z0-9.-]+)$/.exec(name);
  if (match === null) return false;
  const region = regionOf(root);
  return (
    (service === undefined || match[1] === service) && (region === undefined || match[2] === region)
  );
}

/** Whether grants under a statement are for AWS's resources only. */
export const isForResources = (statement: Statement): boolean => {
  const values = conditionOf(
    statement,
    "kms:GrantIsForAWSResource",
    (test) => test === "Bool" || test === "StringEquals",
  );
  return values?.length === 1 && values[0] === "true";
};

/** The account that a principal stands for: by its root, or by its id alone. */
export const accountIn = (identifier: string): string =>
  /^arn:[a-z-]+:iam::(.+):root$/.exec(identifier)?.[1] ?? identifier;

export const PURPOSES: Readonly<Record<string, string>> = {
  aws_eks_cluster: "Kubernetes API data",
  aws_launch_template: "volumes",
  aws_ebs_volume: "volumes",
  aws_ebs_default_kms_key: "volumes",
  aws_cloudwatch_log_group: "logs",
  aws_sns_topic: "alerts",
  aws_s3_bucket_server_side_encryption_configuration: "state",
};

/** What a key is used for. */
export interface KeyUse {
  purpose: string;
  resource: Resource;
  place: Place;
  value: Value;
}

const KEY_ARGUMENT = /^(kms_(master_)?key_(id|arn)|kms_key|key_arn)$/;

/** Every place of a root where a key is named to encrypt with it. */
export const keyUses: (root: TerraformRoot) => readonly KeyUse[] = perObject((root) =>
  root.resources
    .filter(({ mode, type }) => mode === "managed" && !type.startsWith("aws_kms_"))
    .flatMap((resource) => {
      const purpose = PURPOSES[resource.type] ?? resource.type;
      return resource.names().flatMap((name) =>
        within(name, resource.get(name), resource.placeOf(name)).map((found) => ({
          purpose,
          resource,
          ...found,
        })),
      );
    }),
);

function within(
  name: string,
  value: Value | undefined,
  place: Place,
): { value: Value; place: Place }[] {
  if (KEY_ARGUMENT.test(name)) return leavesOf(value).map((leaf) => ({ value: leaf, place }));
  return blocksOf(value).flatMap((block) => {
    const known = placesOf(block);
    return Object.entries(block).flatMap(([key, inner]) =>
      isObject(inner) || Array.isArray(inner) || KEY_ARGUMENT.test(key)
        ? within(key, inner, known?.arguments.get(key) ?? known?.self ?? place)
        : [],
    );
  });
}

/** The keys that a value names, by themselves or by an alias of this repository. */
export const keysIn = (value: Value | undefined): Resource[] =>
  resourcesIn(value, ...KEY_TYPES, "aws_kms_alias").flatMap((found) =>
    found.type === "aws_kms_alias"
      ? resourcesIn(found.get("target_key_id"), ...KEY_TYPES)
      : [found],
  );

/** The keys of a use. */
export const usedKeys: (use: KeyUse) => readonly Resource[] = perObject(({ value }) =>
  keysIn(value),
);

/** The keys that serve a purpose in a root. Where there is none, that is noted. */
export function keysFor(probe: Probe, root: TerraformRoot, purpose: string): Resource[] {
  const found = [
    ...new Set(
      keyUses(root)
        .filter((use) => use.purpose === purpose)
        .flatMap(usedKeys),
    ),
  ];
  probe.that(
    found.length > 0,
    root.place,
    `${root.path} encrypts its ${purpose} with no key of its own`,
    root.path,
  );
  return found;
}
