/** What roles of the manifests grant, and to whom. */
import {
  type Data,
  data,
  deliveries,
  items,
  labelsOf,
  ofKind,
  rulesOfRole,
  strings,
} from "./kubernetes.ts";
import type { Probe } from "./probe.ts";
import type { Manifest, Subject } from "./subject.ts";
import type { Place } from "./value.ts";

export interface Grant {
  role: Manifest;
  scope: string;
  rule: Data;
  place: Place;
  /** In every namespace: a ClusterRole, unless all that takes it up is RoleBindings. */
  isClusterWide: boolean;
  /** Who gets it, as far as the manifests bind it. */
  subjects: Data[];
}

const BINDINGS = ["ClusterRoleBinding", "RoleBinding"] as const;

const refersTo = (binding: Manifest, role: Manifest): boolean => {
  const { kind, name } = data(binding.object.roleRef);
  return (
    kind === role.kind &&
    name === role.name &&
    (role.kind === "ClusterRole" || binding.namespace === role.namespace)
  );
};

/** Every rule of every role. Each object counts as looked at, a role or not. */
export function grantsOf(subject: Subject, probe: Probe): Grant[] {
  const all = deliveries(subject, probe);
  const bindings = all.flatMap((delivery) => ofKind(delivery, ...BINDINGS));
  return all.flatMap((delivery) => {
    probe.checked += delivery.manifests.length;
    return ofKind(delivery, "Role", "ClusterRole").flatMap((role) => {
      const binding = bindings.filter((each) => refersTo(each, role));
      const isClusterWide =
        role.kind === "ClusterRole" &&
        (binding.length === 0 ||
          Object.keys(labelsOf(role)).some((label) => label.includes("/aggregate-to-")) ||
          binding.some(({ kind }) => kind === "ClusterRoleBinding"));
      const subjects = binding.flatMap(({ object }) => items(object.subjects).map(data));
      return rulesOfRole(role).map((rule, index) => ({
        role,
        scope: delivery.scope,
        rule,
        place: role.placeOf("rules", index),
        isClusterWide,
        subjects,
      }));
    });
  });
}

/** Every binding; each object counts as looked at. */
export function bindingsOf(
  subject: Subject,
  probe: Probe,
): { binding: Manifest; scope: string; subjects: Data[]; role: Data }[] {
  return deliveries(subject, probe).flatMap((delivery) => {
    probe.checked += delivery.manifests.length;
    return ofKind(delivery, ...BINDINGS).map((binding) => ({
      binding,
      scope: delivery.scope,
      subjects: items(binding.object.subjects).map(data),
      role: data(binding.object.roleRef),
    }));
  });
}

/** What must not be granted: one of the verbs on one of the resources. */
export interface Power {
  group: string;
  resources: readonly string[];
  verbs: readonly string[];
}

/** The first verb and resource of a power that a rule grants, as `create pods/exec`. */
export function granted(rule: Data, { group, resources, verbs }: Power): string | undefined {
  const groups = strings(rule.apiGroups);
  if (!groups.includes(group) && !groups.includes("*")) return undefined;
  const named = strings(rule.resources);
  const resource = resources.find((wanted) =>
    named.some(
      (each) =>
        each === wanted ||
        each === "*" ||
        (wanted.includes("/") &&
          (each === `*/${wanted.split("/")[1]}` || each === `${wanted.split("/")[0]}/*`)),
    ),
  );
  const has = strings(rule.verbs);
  const verb = verbs.find((wanted) => has.includes(wanted) || has.includes("*"));
  return resource === undefined || verb === undefined ? undefined : `${verb} ${resource}`;
}

/** Notes every rule that grants one of these powers. */
export function forbid(
  subject: Subject,
  probe: Probe,
  powers: readonly Power[],
  isAllowed: (grant: Grant) => boolean = () => false,
): void {
  for (const grant of grantsOf(subject, probe))
    for (const power of powers) {
      const what = granted(grant.rule, power);
      if (what !== undefined && !isAllowed(grant))
        probe.wrong(
          grant.place,
          `${grant.role.kind} ${grant.role.name} may ${what}${grant.isClusterWide ? " in every namespace" : ""}`,
          grant.scope,
        );
    }
}
