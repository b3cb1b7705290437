/** What a role may do: policies and where they are tied to it, whichever way that is written. */
import { elementsOf, standsFor } from "./link.ts";
import { type Policy, policyOf, readPolicy } from "./policy.ts";
import { ofType } from "./probe.ts";
import type { TerraformRoot } from "./subject.ts";
import {
  blocksOf,
  type Place,
  placesOf,
  Reference,
  type Resource,
  Unknown,
  type Value,
} from "./value.ts";

/** One policy of a role. */
export interface Grant {
  /** ARN of a managed policy. */
  managed?: Value;
  /** A policy of the role's own. */
  inline?: Policy;
  /** It is not known whether it is this role's. */
  maybe: boolean;
  place: Place;
}

/** Every policy that any root ties to a role. */
export function grantsOf(role: Resource, roots: readonly TerraformRoot[]): Grant[] {
  const tie = (value: Value | undefined): "yes" | "maybe" | undefined =>
    standsFor(value, role)
      ? "yes"
      : value instanceof Unknown && !(value instanceof Reference)
        ? "maybe"
        : undefined;
  const grants: Grant[] = [];
  const note = (
    values: readonly (Value | undefined)[],
    place: Place,
    grant: Pick<Grant, "managed" | "inline">,
  ): void => {
    const ties = values.map(tie);
    if (ties.some((each) => each !== undefined))
      grants.push({ ...grant, maybe: !ties.includes("yes"), place });
  };
  for (const root of roots) {
    for (const one of ofType(root, "aws_iam_role_policy_attachment"))
      note([one.get("role")], one.placeOf("policy_arn"), {
        managed: one.get("policy_arn") ?? null,
      });
    for (const one of ofType(root, "aws_iam_policy_attachment"))
      note(elementsOf(one.get("roles")), one.placeOf("policy_arn"), {
        managed: one.get("policy_arn") ?? null,
      });
    for (const one of ofType(root, "aws_iam_role_policy_attachments_exclusive"))
      for (const managed of elementsOf(one.get("policy_arns")))
        note([one.get("role_name")], one.placeOf("policy_arns"), { managed });
    for (const one of ofType(root, "aws_iam_role_policy"))
      note([one.get("role")], one.place, { inline: policyOf(one, "policy") });
  }
  for (const managed of elementsOf(role.get("managed_policy_arns")))
    grants.push({ managed, maybe: false, place: role.placeOf("managed_policy_arns") });
  for (const block of blocksOf(role.get("inline_policy"))) {
    const place = placesOf(block)?.self ?? role.place;
    grants.push({ inline: readPolicy(block.policy, place), maybe: false, place });
  }
  return grants;
}
