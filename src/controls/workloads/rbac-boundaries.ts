import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { strings } from "../evidence/kubernetes.ts";
import { forbid, grantsOf } from "../evidence/rbac.ts";

const WRITE = ["create", "update", "patch", "delete", "deletecollection"];
/** Groups whose objects are the boundaries of a cluster. */
const GROUPS = /^(\*|.*\.)?(projectcalico\.org|tigera\.io|cilium\.io|policy\.networking\.k8s\.io)$/;

/** What is a boundary wherever it lies. */
const BOUNDARIES = [
  {
    group: "",
    resources: ["limitranges", "namespaces", "nodes", "resourcequotas", "serviceaccounts"],
  },
  {
    group: "admissionregistration.k8s.io",
    resources: [
      "mutatingadmissionpolicies",
      "mutatingadmissionpolicybindings",
      "validatingadmissionpolicies",
      "validatingadmissionpolicybindings",
    ],
  },
  { group: "apiextensions.k8s.io", resources: ["customresourcedefinitions"] },
  { group: "apiregistration.k8s.io", resources: ["apiservices"] },
  { group: "discovery.k8s.io", resources: ["endpointslices"] },
  { group: "networking.k8s.io", resources: ["networkpolicies"] },
  {
    group: "rbac.authorization.k8s.io",
    resources: ["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
  },
].map((each) => ({ ...each, verbs: WRITE }));

export default control({
  id: "workloads.rbac-boundaries",
  title:
    "No role of the repository changes what holds the workloads: namespaces, policies, quotas, accounts, roles, nodes",
  why: "Whoever may label a namespace takes Pod Security off it, and whoever may write a policy of the network opens it; both are changed here, by review.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    manifests((subject, probe) => {
      for (const { role, rule, place, scope } of grantsOf(subject, probe))
        probe.that(
          !strings(rule.apiGroups).some((group) => GROUPS.test(group)) ||
            !strings(rule.verbs).some((verb) => verb === "*" || WRITE.includes(verb)),
          place,
          `${role.kind} ${role.name} may change ${strings(rule.resources).join(", ")} of ${strings(rule.apiGroups).join(", ")}`,
          scope,
        );
      forbid(subject, probe, BOUNDARIES);
      forbid(subject, probe, [
        {
          group: "",
          resources: ["nodes/proxy", "pods/portforward", "pods/proxy", "services/proxy"],
          verbs: ["create", "get"],
        },
      ]);
    }),
  ],
  fix: "Take the rule out; what it was for is done here, in a pull request.",
  mutants: [
    {
      title: "A group labels namespaces",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: labels\nrules:\n  - apiGroups: ['']\n    resources: [namespaces]\n    verbs: [patch]\n",
      ),
    },
    {
      title: "Network policies of the whole cluster",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: network\nrules:\n  - apiGroups: [projectcalico.org]\n    resources: [globalnetworkpolicies]\n    verbs: [create, delete]\n",
      ),
    },
    {
      title: "A tunnel into any pod",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: tunnel\nrules:\n  - apiGroups: ['']\n    resources: [pods/portforward]\n    verbs: [create]\n",
      ),
    },
  ],
});
