import { control, manifests } from "../control.ts";
import { inBase } from "../evidence/edits.ts";
import { forbid } from "../evidence/rbac.ts";

export default control({
  id: "workloads.rbac-volumes",
  title: "No role makes PersistentVolumes",
  why: "A PersistentVolume may be a path of the node: with it a restricted pod reads and writes the host.",
  severity: "medium",
  mapping: {
    cisEks: ["4.1.9"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    manifests((subject, probe) => {
      forbid(subject, probe, [
        { group: "", resources: ["persistentvolumes"], verbs: ["create", "update", "patch"] },
      ]);
    }),
  ],
  fix: "Claim volumes through the StorageClass; the CSI driver makes them.",
  mutants: [
    {
      title: "Volumes by hand",
      edits: inBase(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: operator\nrules:\n  - apiGroups: [""]\n    resources: [persistentvolumes]\n    verbs: [get, create]\n',
      ),
    },
    {
      title: "Changing is as good as making",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "rules:\n",
          with: 'rules:\n  - apiGroups: [""]\n    resources: [persistentvolumes, persistentvolumeclaims]\n    verbs: [patch]\n',
        },
      ],
    },
  ],
});
