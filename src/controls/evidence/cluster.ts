/** Clusters and who may enter them. */
import { standsFor } from "./link.ts";
import { ofType, type Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import { type Resource, textsOf } from "./value.ts";

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

const CLUSTER_ADMIN = /:cluster-access-policy\/AmazonEKSClusterAdminPolicy$/;

/** Associations that make a principal cluster administrator, or may. */
export const administrationsOf = (root: TerraformRoot): Resource[] =>
  ofType(root, "aws_eks_access_policy_association").filter((association) =>
    textsOf(association.get("policy_arn")).some(
      (arn) => CLUSTER_ADMIN.test(arn) || /\$\{[^}]*\}$/.test(arn),
    ),
  );

/** Whether an access entry or association is of this cluster. */
export const isOf = (resource: Resource, cluster: Resource): boolean =>
  standsFor(resource.get("cluster_name"), cluster);
