import { control } from "../control.ts";

export default control({
  id: "workloads.tenancy",
  title: "Teams that must not reach each other's data are in namespaces of their own",
  why: "Quota, policies, accounts and rights all end at a namespace; within one, everyone reads everything.",
  severity: "medium",
  mapping: { cisEks: ["4.5.1"], nsaCisa: ["Network separation and hardening"] },
  look: "namespaces in hardened-eks.yaml: one for each team or system that has data of its own. Teams that do not trust each other need clusters, not namespaces.",
});
