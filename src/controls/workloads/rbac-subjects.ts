import { control, manifests } from "../control.ts";
import { inBase, inProduction } from "../evidence/edits.ts";
import { bindingsOf } from "../evidence/rbac.ts";

/** Whoever asks, whoever has logged in, every pod, every node, and the group that no rule binds. */
const CROWDS =
  /^system:(anonymous|unauthenticated|authenticated|serviceaccounts(:.*)?|nodes|masters)$/;

export default control({
  id: "workloads.rbac-subjects",
  title: "Bindings name accounts and groups of this cluster's users, never everyone",
  why: "A right of system:authenticated is a right of every pod and of every role that AWS lets in.",
  severity: "critical",
  mapping: {
    cisEks: ["4.1.1"],
    nsaCisa: ["Authentication and authorization"],
    trivy: ["KSV-0122", "KSV-0123", "KSV-01011"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const { binding, scope, subjects } of bindingsOf(subject, probe))
        subjects.forEach(({ kind, name }, index) => {
          probe.that(
            !CROWDS.test(String(name)),
            binding.placeOf("subjects", index, "name"),
            `${binding.kind} ${binding.name} is for ${kind} ${name}`,
            scope,
          );
        });
    }),
  ],
  fix: "Name the service account, or the group that an access entry gives.",
  mutants: [
    {
      title: "Whoever asks may view",
      edits: inBase(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: dashboard\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: view\nsubjects:\n  - kind: User\n    name: system:anonymous\n    apiGroup: rbac.authorization.k8s.io\n",
      ),
    },
    {
      title: "Every pod of a namespace",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: view\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: view\nsubjects:\n  - kind: Group\n    name: system:serviceaccounts:production\n    apiGroup: rbac.authorization.k8s.io\n",
      ),
    },
    {
      title: "Everyone who has logged in, beside the CNI's account",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "subjects:\n",
          with: "subjects:\n  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n    name: system:authenticated\n",
        },
      ],
    },
  ],
});
