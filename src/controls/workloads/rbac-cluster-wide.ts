import { control, manifests } from "../control.ts";
import { inBase } from "../evidence/edits.ts";
import { strings } from "../evidence/kubernetes.ts";
import { systemNamespacesOf } from "../evidence/network-policies.ts";
import { bindingsOf, grantsOf } from "../evidence/rbac.ts";

const WRITES = ["*", "create", "delete", "deletecollection", "patch", "update"];

/** ClusterRoles that come with Kubernetes and may be bound to whoever looks. */
const BUILT_IN = /^(view|system:(basic-user|discovery|public-info-viewer))$/;

const role = (name: string, resource: string, verbs: string): string =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name}
rules:
  - apiGroups: [""]
    resources: ["${resource}"]
    verbs: ${verbs}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ${name}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ${name}
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: developers
`;

export default control({
  id: "workloads.rbac-cluster-wide",
  title:
    "What holds in every namespace only reads, and no binding gives a role that is not written here",
  why: "Every namespace is kube-system, too: a ConfigMap there says which resolver all pods ask, and whoever may create a secret there may plant one that an agent reads.",
  severity: "high",
  mapping: { cisEks: ["4.1.3"], nsaCisa: ["Authentication and authorization"] },
  evidence: [
    manifests((subject, probe) => {
      const system = systemNamespacesOf(subject) ?? [];
      const grants = grantsOf(subject, probe);
      for (const { role: granted, rule, place, scope, isClusterWide, subjects } of grants) {
        const ofSystem =
          subjects.length > 0 &&
          subjects.every(
            ({ kind, namespace }) =>
              kind === "ServiceAccount" && system.includes(String(namespace)),
          );
        const verbs = strings(rule.verbs).filter((verb) => WRITES.includes(verb));
        probe.that(
          !isClusterWide || ofSystem || verbs.length === 0,
          place,
          `${granted.kind} ${granted.name} may ${verbs.join(", ")} ${strings(rule.resources).join(", ")} in every namespace`,
          scope,
        );
      }
      const own = new Set(
        grants
          .filter(({ role: { kind } }) => kind === "ClusterRole")
          .map(({ role: { name } }) => name),
      );
      for (const { binding, scope, role: ref } of bindingsOf(subject, probe))
        probe.that(
          ref.kind !== "ClusterRole" ||
            own.has(String(ref.name)) ||
            BUILT_IN.test(String(ref.name)) ||
            // Judged by workloads.cluster-admin.
            ref.name === "cluster-admin",
          binding.placeOf("roleRef", "name"),
          `${binding.kind} ${binding.name} binds ${ref.name}, which nothing here describes`,
          scope,
        );
    }),
  ],
  fix: "Bind the role by a RoleBinding in the namespaces of the workload.",
  mutants: [
    {
      title: "ConfigMaps of every namespace",
      edits: inBase(role("config", "configmaps", '["update", "patch"]')),
    },
    {
      title: "Secrets may be planted anywhere",
      edits: inBase(role("planter", "secrets", '["create"]')),
    },
    {
      title:
        "Kubernetes' own role for editors: every Secret, every shell, every account of the namespace",
      edits: inBase(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: editors\n  namespace: production\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: edit\nsubjects:\n  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n    name: developers\n",
      ),
    },
    {
      title: "A role of Kubernetes' own controllers",
      edits: inBase(
        role("aggregator", "pods", '["get"]').replace(
          /(roleRef:[\s\S]*?name: )aggregator/,
          "$1system:controller:clusterrole-aggregation-controller",
        ),
      ),
    },
  ],
});
