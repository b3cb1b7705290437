/** What another answer does to what runs already: what is replaced or destroyed, and the safe path. */
import type { Blueprint, EnvironmentPlan, NodeGroupPlan } from "../blueprint/types.ts";

/** One thing in AWS that an apply would not only update in place. */
export interface Impact {
  /** Root that it belongs to: `environments/prod`. */
  root: string;
  /** Terraform address, or the kind of thing. */
  what: string;
  effect: "replaced" | "destroyed" | "disrupted";
  /** The gate of the pipeline refuses it until a person has said yes. */
  protected: boolean;
  why: string;
  /** How to do it without an outage. */
  path: string;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const byName = <T extends { name: string }>(list: readonly T[]): Map<string, T> =>
  new Map(list.map((entry) => [entry.name, entry]));

const REBUILD =
  "do not apply it: make a second environment with the new answer (`add environments.<name>`), move the workloads, then remove this one";

/** Arguments of a node group that EKS cannot change: a change of one makes a new group. */
const REPLACING: readonly (readonly [keyof NodeGroupPlan, string])[] = [
  ["instanceTypes", "instance types"],
  ["amiType", "AMI type"],
  ["capacityType", "capacity type"],
];

function nodeGroups(before: EnvironmentPlan, after: EnvironmentPlan, root: string): Impact[] {
  const found: Impact[] = [];
  const now = byName(after.nodeGroups);
  for (const group of before.nodeGroups) {
    const what = `module.nodes.aws_eks_node_group.this["${group.name}"]`;
    const next = now.get(group.name);
    if (next === undefined) {
      const successor = after.nodeGroups.find(
        ({ name }) => !before.nodeGroups.some((old) => old.name === name),
      );
      found.push({
        root,
        what,
        effect: "destroyed",
        protected: true,
        why:
          successor === undefined
            ? `the node group ${group.name} is gone from the answers`
            : `the node group ${group.name} is gone, and ${successor.name} is new`,
        path: `add the new group first and apply it; cordon and drain the nodes of ${group.name} (docs/runbooks/replace-nodes.md); remove ${group.name} in a second change`,
      });
      continue;
    }
    const changed = REPLACING.filter(([key]) => !same(group[key], next[key])).map(
      ([, words]) => words,
    );
    if (changed.length > 0)
      found.push({
        root,
        what,
        effect: "replaced",
        protected: true,
        why: `${changed.join(" and ")} of a node group cannot be changed in place`,
        path: "the new group is made before the old one is drained and deleted (create_before_destroy, a name prefix): give PodDisruptionBudgets time, or add a second group, move over, and remove this one (docs/runbooks/replace-nodes.md)",
      });
    const rolling = (["diskSizeGiB", "labels", "taints"] as const).filter(
      (key) => !same(group[key], next[key]),
    );
    if (changed.length === 0 && rolling.includes("diskSizeGiB"))
      found.push({
        root,
        what,
        effect: "disrupted",
        protected: false,
        why: "a new launch template version rolls every node of the group",
        path: "EKS replaces nodes one by one and honours PodDisruptionBudgets; apply it outside peak hours",
      });
  }
  return found;
}

function environment(before: EnvironmentPlan, after: EnvironmentPlan): Impact[] {
  const root = `environments/${before.name}`;
  const found: Impact[] = [];
  const replaced = (what: string, why: string, path = REBUILD): void => {
    found.push({ root, what, effect: "replaced", protected: true, why, path });
  };
  if (before.clusterName !== after.clusterName)
    replaced("module.cluster.aws_eks_cluster.this", "the name of a cluster cannot be changed");
  if (before.accountId !== after.accountId && before.accountId !== undefined)
    replaced("every resource", "the environment moves to another account");
  if (before.network.kind !== after.network.kind || before.network.cidr !== after.network.cidr)
    replaced(
      "module.network.aws_vpc.this",
      "the range of a VPC, and whose it is, cannot be changed",
    );
  else if (!same(before.network.zones, after.network.zones))
    replaced("module.network.aws_subnet", "subnets with other zones or ranges are other subnets");
  if (before.network.egress !== after.network.egress)
    found.push({
      root,
      what: "module.network.aws_nat_gateway",
      effect: after.network.egress === "nat-per-az" ? "disrupted" : "destroyed",
      protected: false,
      why: "NAT gateways are added or taken away, and routes follow them",
      path: "open connections to the internet break; public addresses that partners allow change: tell them first",
    });
  if (before.podIdentity !== after.podIdentity)
    found.push({
      root,
      what: "module.identity",
      effect: "replaced",
      protected: false,
      why: "workloads get their credentials in another way",
      path: "apply dev first; roles are made before the old ones go, and pods of the add-ons restart with the new ones",
    });
  const addons = ({ addons: { beforeCompute, afterCompute } }: EnvironmentPlan): Set<string> =>
    new Set([...beforeCompute, ...afterCompute].map(({ name }) => name));
  const left = addons(after);
  for (const name of addons(before))
    if (!left.has(name))
      found.push({
        root,
        what: `aws_eks_addon "${name}"`,
        effect: "destroyed",
        protected: false,
        why: "the add-on is gone from the answers",
        path: /csi/.test(name)
          ? "volumes that it made stay, but nothing mounts them any more: move the workloads that claim them first"
          : "check that nothing needs it, then apply",
      });
  return [...found, ...nodeGroups(before, after, root)];
}

/**
 * What the step from one Blueprint to another does to resources that exist.
 *
 * Which arguments replace a resource is the AWS provider's own documentation ("Forces new resource").
 */
export function impactOf(before: Blueprint, after: Blueprint): Impact[] {
  const found: Impact[] = [];
  if (before.region.name !== after.region.name)
    found.push({
      root: "every root",
      what: "every resource",
      effect: "replaced",
      protected: true,
      why: `the region changes from ${before.region.name} to ${after.region.name}`,
      path: "make a new repository for the new region, move the workloads, then tear this one down",
    });
  const now = byName(after.environments);
  for (const old of before.environments) {
    const next = now.get(old.name);
    if (next !== undefined) found.push(...environment(old, next));
    else
      found.push({
        root: `environments/${old.name}`,
        what: "every resource",
        effect: "destroyed",
        protected: true,
        why: `the environment ${old.name} is gone from the answers; its directory goes, its resources stay until they are destroyed`,
        path: "destroy it first while its directory is there (docs/runbooks/teardown.md)",
      });
  }
  const [engine, next] = [before, after].map(({ platform }) => platform.networkPolicy.engine);
  if (engine !== next)
    for (const { name } of before.environments)
      found.push({
        root: `environments/${name}`,
        what: `network policy engine ${engine}`,
        effect: "disrupted",
        protected: false,
        why: `policies of ${engine} are not enforced by ${next}`,
        path: `there must be no moment without an engine: install ${next} beside it on new nodes, drain the old nodes, then remove ${engine} (docs/runbooks/platform.md)`,
      });
  return found;
}
