import { control, manifests } from "../control.ts";
import { inProduction, patchedIn } from "../evidence/edits.ts";
import { ofKind, workloadNamespaces } from "../evidence/kubernetes.ts";
import { bindingsOf } from "../evidence/rbac.ts";

export default control({
  id: "workloads.default-service-account",
  title: "The default service account of each workload namespace has no token and no rights",
  why: "Every pod that names no account runs as this one: its token would let any of them talk to the Kubernetes API.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.5", "4.1.6"],
    nsaCisa: ["Authentication and authorization", "Pod security"],
    checkov: ["CKV_K8S_41", "CKV_K8S_42"],
    trivy: ["KSV-0036"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const { name, overlay, place, objects } of workloadNamespaces(subject, probe)) {
        const accounts = ofKind({ manifests: objects }, "ServiceAccount").filter(
          (account) => account.name === "default",
        );
        probe.that(
          accounts.length > 0,
          place,
          `namespace ${name} does not set its default service account`,
          overlay.path,
        );
        for (const account of accounts)
          probe.that(
            account.object.automountServiceAccountToken === false,
            account.placeOf("automountServiceAccountToken"),
            `namespace ${name}: the default service account mounts its token`,
            overlay.path,
          );
      }
      for (const { binding, scope, subjects } of bindingsOf(subject, probe))
        for (const { kind, name } of subjects)
          if (kind === "ServiceAccount" && name === "default")
            probe.wrong(
              binding.placeOf("subjects"),
              `${binding.kind} ${binding.name} gives rights to a default service account`,
              scope,
            );
    }),
  ],
  fix: "Keep automountServiceAccountToken: false on the account default, and make an account for what needs rights.",
  mutants: [
    {
      title: "The token is mounted",
      edits: [
        {
          file: "kubernetes/workload-namespace/service-account.yaml",
          replace: "automountServiceAccountToken: false",
          with: "automountServiceAccountToken: true",
        },
      ],
    },
    {
      title: "One environment patches the setting away",
      edits: patchedIn(
        "prod",
        "  - target:\n      kind: ServiceAccount\n      name: default\n    patch: |-\n      - op: remove\n        path: /automountServiceAccountToken\n",
      ),
    },
    {
      title: "The account gets rights",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: view\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: view\nsubjects:\n  - kind: ServiceAccount\n    name: default\n    namespace: production\n",
      ),
    },
  ],
});
