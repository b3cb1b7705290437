import { control, manifests } from "../control.ts";
import { inBase } from "../evidence/edits.ts";
import { forbid } from "../evidence/rbac.ts";

export default control({
  id: "workloads.rbac-tokens",
  title: "No role makes tokens of service accounts",
  why: "A token of another account is that account: its rights in the cluster and its IAM role in AWS.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.12"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    manifests((subject, probe) => {
      forbid(subject, probe, [
        { group: "", resources: ["serviceaccounts/token"], verbs: ["create"] },
      ]);
    }),
  ],
  fix: "Run the pod as the account that it needs to be.",
  mutants: [
    {
      title: "Tokens of every account",
      edits: inBase(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: operator\nrules:\n  - apiGroups: [""]\n    resources: [serviceaccounts/token]\n    verbs: [create]\n',
      ),
    },
    {
      title: "By a wildcard for the subresource",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "rules:\n",
          with: 'rules:\n  - apiGroups: ["*"]\n    resources: ["*/token"]\n    verbs: ["*"]\n',
        },
      ],
    },
  ],
});
