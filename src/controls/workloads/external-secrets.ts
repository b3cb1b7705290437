import { control } from "../control.ts";

export default control({
  id: "workloads.external-secrets",
  title: "Workloads take their secrets from AWS Secrets Manager or Parameter Store",
  why: "A Secret that only the cluster holds has no rotation, no record of who read it, and is lost with the cluster.",
  severity: "medium",
  mapping: { cisEks: ["4.4.2"], nsaCisa: ["Authentication and authorization"] },
  look: "scripts/connect <env> -- kubectl get secrets --all-namespaces --field-selector type=Opaque: each was made by an operator that reads AWS (its ownerReferences say so), or holds nothing that opens a system.",
});
