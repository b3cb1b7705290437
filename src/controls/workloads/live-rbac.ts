import { control } from "../control.ts";

export default control({
  id: "workloads.live-rbac",
  title: "Nobody was given rights in the cluster beside this repository",
  why: "A binding that was made by hand in an incident stays, and no review ever sees it.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.1", "4.1.2", "4.1.3", "4.1.4", "4.1.8"],
    nsaCisa: ["Authentication and authorization"],
  },
  look: "scripts/connect <env> -- kubectl get clusterrolebindings,rolebindings --all-namespaces --output wide: every line is Kubernetes' (system:), an add-on's, the engine's, or of kubernetes/. Look first at those with cluster-admin.",
});
