/** The buckets of states, and what is attached to them. */
import { isForAnyone, type Policy, policyOf, type Statement } from "./policy.ts";
import { ofType, type Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import { Reference, type Resource, showValue, textOf, type Value } from "./value.ts";

interface Bucket {
  root: TerraformRoot;
  bucket: Resource;
}

/** Every bucket that a bootstrap root makes. */
export const stateBuckets = (subject: Subject, probe: Probe): Bucket[] =>
  probe
    .bootstraps(subject)
    .flatMap((root) =>
      probe.some(root, "state bucket", "aws_s3_bucket").map((bucket) => ({ root, bucket })),
    );

/** What a type adds to a bucket; where nothing does, that is wrong. */
export function attached(
  probe: Probe,
  { root, bucket }: Bucket,
  what: string,
  type: string,
): Resource[] {
  const found = ofType(root, type).filter((each) => isBucket(each.get("bucket"), bucket));
  probe.oneExists(found);
  if (found.length === 0)
    probe.wrong(bucket.place, `${bucket.address}: it has no ${what} (${type})`, root.path);
  return found;
}

/** A bucket is named by reference, or by the same text. */
const isBucket = (value: Value | undefined, bucket: Resource): boolean =>
  value instanceof Reference
    ? value.resource.address === bucket.address
    : textOf(value) !== undefined && textOf(value) === textOf(bucket.get("bucket"));

/** Statements of the bucket's policies; what cannot be read of them is noted. */
export function bucketStatements(
  probe: Probe,
  where: Bucket,
): { statements: Statement[]; policy: Resource }[] {
  return attached(probe, where, "policy", "aws_s3_bucket_policy").flatMap((policy) => {
    const read: Policy = policyOf(policy, "policy");
    if ("statements" in read) return [{ statements: read.statements, policy }];
    probe.unresolved(
      policy.placeOf("policy"),
      `${policy.address}: policy is ${showValue(policy.get("policy")).slice(0, 80)}: ${read.unresolved}`,
      where.root.path,
    );
    return [];
  });
}

/** Whether a statement forbids actions to everyone, on the bucket, its objects, or both. */
export function forbids(
  { effect, actions, notActions, resources, notResources, ...rest }: Statement,
  bucket: Resource,
  wanted: { actions: readonly string[]; bucket?: boolean; objects?: boolean },
): boolean {
  const named = textOf(bucket.get("bucket"));
  const isArn = (text: string, tail: string): boolean =>
    text === `\${${bucket.address}.arn}${tail}` ||
    (named !== undefined && text.endsWith(`:s3:::${named}${tail}`)) ||
    text === "*";
  return (
    effect === "Deny" &&
    notActions.length === 0 &&
    notResources.length === 0 &&
    rest.notPrincipals.length === 0 &&
    isForAnyone({ effect, actions, notActions, resources, notResources, ...rest }) &&
    wanted.actions.every((action) =>
      actions.some((each) => each === action || each === "s3:*" || each === "*"),
    ) &&
    (wanted.bucket !== true || resources.some((text) => isArn(text, ""))) &&
    (wanted.objects !== true || resources.some((text) => isArn(text, "/*")))
  );
}

/** Whether a statement has this condition and no other, which would narrow it. */
export const onlyIf = (
  { conditions }: Statement,
  test: string,
  variable: string,
  isRight: (values: readonly string[]) => boolean,
): boolean =>
  conditions.length === 1 &&
  conditions.every(
    (condition) =>
      condition.test === test &&
      condition.variable.toLowerCase() === variable.toLowerCase() &&
      condition.values.length > 0 &&
      isRight(condition.values),
  );

/** Named roles, or the variable that names them; no pattern, no policy variable, and not the pipeline itself. */
const isNamed = (value: string): boolean =>
  !/[*?]|\$\{aws:|-ci-(apply|plan)$/.test(value) && /^arn:[^:]+:iam::|^\$\{/.test(value);

/** Whether a statement holds for everyone, or for everyone but named roles. */
export const sparesNamedOnly = (statement: Statement): boolean =>
  statement.conditions.length === 0 ||
  onlyIf(statement, "ArnNotEquals", "aws:PrincipalArn", (values) => values.every(isNamed));

/** Where a root says that its state lies. */
export const backendsOf = ({ settings }: TerraformRoot): Resource[] =>
  settings.filter(({ mode }) => mode === "backend");

/** S3 backends of every root; another one, or none, is noted. A plan does not show them. */
export function s3Backends(
  subject: Subject,
  probe: Probe,
): { root: TerraformRoot; backend: Resource }[] {
  return (subject.from === "plan" ? [] : subject.roots).flatMap((root) => {
    const backends = backendsOf(root);
    if (backends.length === 0)
      probe.wrong(
        root.place,
        `${root.path}: it names no backend, so its state lies in a local file`,
        root.path,
      );
    return backends.flatMap((backend) => {
      if (backend.type === "s3") return [{ root, backend }];
      probe.wrong(
        backend.place,
        `${root.path}: its state lies in the backend ${backend.type}, it must be s3`,
        root.path,
      );
      return [];
    });
  });
}
