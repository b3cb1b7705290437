import { control, manifests } from "../control.ts";
import { inBase, inEngine, inProduction } from "../evidence/edits.ts";
import { deliveries, ofKind } from "../evidence/kubernetes.ts";
import { bindingsOf } from "../evidence/rbac.ts";

/** Kubernetes' own roles that read or write next to everything when they are bound in every namespace. */
const WIDE = ["admin", "edit"];
/** Kubernetes' own roles that give away nothing of a workload. */
const HARMLESS = [
  "view",
  "system:auth-delegator",
  "system:basic-user",
  "system:discovery",
  "system:public-info-viewer",
  "system:service-account-issuer-discovery",
];

export default control({
  id: "workloads.cluster-admin",
  title: "No binding gives cluster-admin, or a role that comes to the same",
  why: "Who holds the token of such an account owns the cluster, every secret in it and the roles of every pod.",
  severity: "critical",
  mapping: {
    cisEks: ["4.1.1"],
    nsaCisa: ["Authentication and authorization"],
    trivy: ["KSV-0111"],
  },
  evidence: [
    manifests((subject, probe) => {
      const own = deliveries(subject, probe).flatMap((delivery) =>
        ofKind(delivery, "ClusterRole", "Role").map(({ name }) => name),
      );
      for (const { binding, scope, role } of bindingsOf(subject, probe)) {
        const name = String(role.name);
        const place = binding.placeOf("roleRef", "name");
        const isEverywhere = binding.kind === "ClusterRoleBinding";
        if (name === "cluster-admin" || (isEverywhere && WIDE.includes(name)))
          probe.wrong(
            place,
            `${binding.kind} ${binding.name} gives ${name}${isEverywhere ? " in every namespace" : ""}`,
            scope,
          );
        else if (!own.includes(name) && !HARMLESS.includes(name) && !WIDE.includes(name))
          probe.unresolved(
            place,
            `${binding.kind} ${binding.name} gives ${name}, a role that this repository does not make`,
            scope,
          );
      }
    }),
  ],
  fix: "Bind a role of this repository that names what is needed, in the namespace where it is needed.",
  mutants: [
    {
      title: "cluster-admin for an agent",
      edits: inBase(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: agent\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: ServiceAccount\n    name: agent\n    namespace: production\n",
      ),
    },
    {
      title: "cluster-admin in one namespace",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: owners\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: Group\n    name: owners\n    apiGroup: rbac.authorization.k8s.io\n",
      ),
    },
    {
      title: "The CNI's account gets a role of the control plane",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "  kind: ClusterRole\n  name: aws-node-annotate-pod-ip\n",
          with: "  kind: ClusterRole\n  name: system:kube-controller-manager\n",
        },
      ],
    },
    {
      title: "edit in every namespace, among the engine's objects",
      edits: inEngine(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: developers\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: edit\nsubjects:\n  - kind: Group\n    name: developers\n    apiGroup: rbac.authorization.k8s.io\n",
      ),
    },
  ],
});
