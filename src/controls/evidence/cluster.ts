/** Clusters and who may enter them. */
import { standsFor } from "./link.ts";
import { ofType, type Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import { blocksOf, type Resource, textsOf } from "./value.ts";

/** Every cluster with its environment; an environment without one is wrong. */
export const clustersOf = (
  probe: Probe,
  subject: Subject,
): { root: TerraformRoot; cluster: Resource }[] =>
  probe
    .environments(subject)
    .flatMap((root) =>
      probe.some(root, "cluster", "aws_eks_cluster").map((cluster) => ({ root, cluster })),
    );

/** Associations of an access policy, or of one that is not known. */
export const associationsOf = (root: TerraformRoot, policy: string): Resource[] =>
  ofType(root, "aws_eks_access_policy_association").filter((association) =>
    textsOf(association.get("policy_arn")).some(
      (arn) => arn.endsWith(`:cluster-access-policy/${policy}`) || arn.endsWith("}"),
    ),
  );

/** Whether an association holds in listed namespaces only. */
export const isOfNamespaces = (association: Resource): boolean => {
  const scopes = blocksOf(association.get("access_scope"));
  return scopes.length > 0 && scopes.every(({ type }) => type === "namespace");
};

/** Whether an access entry or association is of this cluster. */
export const isOf = (resource: Resource, cluster: Resource): boolean =>
  standsFor(resource.get("cluster_name"), cluster);
