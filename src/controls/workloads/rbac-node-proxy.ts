import { control, manifests } from "../control.ts";
import { inBase } from "../evidence/edits.ts";
import { forbid } from "../evidence/rbac.ts";

export default control({
  id: "workloads.rbac-node-proxy",
  title: "No role reaches the kubelets through nodes/proxy",
  why: "The kubelet runs commands in every pod of its node, past admission and past the audit log.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.10"],
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV2_K8S_2"],
    trivy: ["KSV-0047"],
  },
  evidence: [
    manifests((subject, probe) => {
      forbid(subject, probe, [
        {
          group: "",
          resources: ["nodes/configz", "nodes/log", "nodes/proxy"],
          verbs: ["get", "create", "update", "patch", "delete"],
        },
      ]);
    }),
  ],
  fix: "Ask metrics-server, or the nodes/metrics subresource, for what is needed.",
  mutants: [
    {
      title: "A monitoring agent reads through the proxy",
      edits: inBase(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: operator\nrules:\n  - apiGroups: [""]\n    resources: [nodes, nodes/proxy]\n    verbs: [get]\n',
      ),
    },
    {
      title: "Every subresource of nodes",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "rules:\n",
          with: 'rules:\n  - apiGroups: [""]\n    resources: [nodes/*]\n    verbs: [get]\n',
        },
      ],
    },
  ],
});
