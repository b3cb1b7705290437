import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { everyObject, strings } from "../evidence/kubernetes.ts";
import { grantsOf } from "../evidence/rbac.ts";

export default control({
  id: "workloads.rbac-wildcards",
  title: "Roles name their verbs, resources and groups, without wildcards",
  why: "A wildcard also grants what the next version of Kubernetes, or the next operator, brings.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.3"],
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_K8S_49"],
    trivy: ["KSV-0044", "KSV-0045", "KSV-0046", "KSV-0112"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const { role, rule, place, scope } of grantsOf(subject, probe))
        for (const field of ["verbs", "resources", "apiGroups", "nonResourceURLs"])
          if (strings(rule[field]).some((each) => each.includes("*")))
            probe.wrong(place, `${role.kind} ${role.name} has a wildcard in ${field}`, scope);
      everyObject(subject, probe, (role, scope) => {
        if (role.kind === "ClusterRole" && role.object.aggregationRule !== undefined)
          probe.unresolved(
            role.placeOf("aggregationRule"),
            `ClusterRole ${role.name} takes in the rules of whatever has its label`,
            scope,
          );
      });
    }),
  ],
  fix: "List the verbs, resources and groups that are needed.",
  mutants: [
    {
      title: "Every verb for the engine's role",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "      - patch\n",
          with: '      - "*"\n',
        },
      ],
    },
    {
      title: "Every resource of a namespace",
      edits: inProduction(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: reader\nrules:\n  - apiGroups: [""]\n    resources: ["*"]\n    verbs: [get]\n',
      ),
    },
    {
      title: "A role that collects the rules of others",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: everything\naggregationRule:\n  clusterRoleSelectors:\n    - matchLabels:\n        aggregate: everything\nrules: []\n",
      ),
    },
  ],
});
