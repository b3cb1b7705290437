import { control } from "../control.ts";

export default control({
  id: "workloads.live-enforcement",
  title: "What the policies say was tried in the cluster",
  why: "A policy is accepted by the API server whether or not the engine on the node enforces it.",
  severity: "medium",
  mapping: {
    cisEks: ["4.3.1", "5.4.4"],
    nsaCisa: ["Network separation and hardening"],
  },
  look: "The last run of scripts/deploy-platform <env> ends with its proof: the engine enforces alone, and each namespace refuses a privileged pod. Then, from a pod of a workload namespace, a call to https://example.com and to http://169.254.169.254 must time out.",
});
