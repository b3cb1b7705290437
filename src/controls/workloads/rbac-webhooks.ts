import { control, manifests } from "../control.ts";
import { inBase } from "../evidence/edits.ts";
import { forbid } from "../evidence/rbac.ts";

export default control({
  id: "workloads.rbac-webhooks",
  title: "No role changes admission webhooks or policies",
  why: "A webhook sees and rewrites every object on its way in, Secrets included, and can put a container into each pod.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.11"],
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_K8S_155"],
    trivy: ["KSV-0114"],
  },
  evidence: [
    manifests((subject, probe) => {
      forbid(subject, probe, [
        {
          group: "admissionregistration.k8s.io",
          resources: [
            "mutatingwebhookconfigurations",
            "validatingwebhookconfigurations",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
          ],
          verbs: ["create", "update", "patch", "delete", "deletecollection"],
        },
      ]);
    }),
  ],
  fix: "Let the deployment of the operator make its webhook, not the operator itself.",
  mutants: [
    {
      title: "An operator writes its own webhook",
      edits: inBase(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: operator\nrules:\n  - apiGroups: [admissionregistration.k8s.io]\n    resources: [mutatingwebhookconfigurations]\n    verbs: [get, patch]\n",
      ),
    },
    {
      title: "Deleting is enough",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "rules:\n",
          with: "rules:\n  - apiGroups: [admissionregistration.k8s.io]\n    resources: [validatingadmissionpolicybindings]\n    verbs: [delete]\n",
        },
      ],
    },
  ],
});
