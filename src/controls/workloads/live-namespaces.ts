import { control } from "../control.ts";

export default control({
  id: "workloads.live-namespaces",
  title: "The cluster has no namespaces beside those of this repository and of the system",
  why: "A namespace that was made by hand has no Pod Security level, so its pods may be root on their nodes.",
  severity: "high",
  mapping: {
    cisEks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5", "4.3.2", "4.5.1", "4.5.2"],
    nsaCisa: ["Pod security", "Network separation and hardening"],
  },
  look: "scripts/connect <env> -- kubectl get namespaces --label-columns pod-security.kubernetes.io/enforce: each one without a level is the system's; kubectl get all --namespace default shows the service kubernetes alone.",
});
