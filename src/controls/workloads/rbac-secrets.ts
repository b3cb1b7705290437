import { control, manifests } from "../control.ts";
import { inBase, inProduction } from "../evidence/edits.ts";
import { items } from "../evidence/kubernetes.ts";
import { forbid } from "../evidence/rbac.ts";

export default control({
  id: "workloads.rbac-secrets",
  title: "Roles read Secrets by name, in one namespace",
  why: "An account that lists Secrets holds the tokens, keys and passwords of everyone whose Secrets it lists.",
  severity: "critical",
  mapping: {
    cisEks: ["4.1.2"],
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV2_K8S_5"],
    trivy: ["KSV-0041", "KSV-0113"],
  },
  evidence: [
    manifests((subject, probe) => {
      forbid(
        subject,
        probe,
        [{ group: "", resources: ["secrets"], verbs: ["get", "list", "watch"] }],
        ({ isClusterWide, rule }) => !isClusterWide && items(rule.resourceNames).length > 0,
      );
    }),
  ],
  fix: "Use a Role with resourceNames, or mount the Secret into the pod that needs it.",
  mutants: [
    {
      title: "Every Secret of the cluster",
      edits: inBase(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: operator\nrules:\n  - apiGroups: [""]\n    resources: [configmaps, secrets]\n    verbs: [get, list, watch]\n',
      ),
    },
    {
      title: "Every Secret of a namespace",
      edits: inProduction(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: app\nrules:\n  - apiGroups: [""]\n    resources: [secrets]\n    verbs: [get]\n',
      ),
    },
    {
      title: "By name, but in every namespace",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "rules:\n",
          with: 'rules:\n  - apiGroups: ["*"]\n    resources: [secrets]\n    resourceNames: [tls]\n    verbs: [get]\n',
        },
      ],
    },
  ],
});
