import { control } from "../control.ts";

export default control({
  id: "identity.registry-users",
  title: "Only those who build images can push to the registries that the clusters pull from",
  why: "An image that somebody else replaced runs with every right of the workload; registries and their users are made outside of this repository.",
  severity: "high",
  mapping: { cisEks: ["5.1.2"], nsaCisa: ["Upgrading and application security practices"] },
  look: "For each registry in `kubectl get pods -A -o jsonpath='{..image}'` that is yours: `aws ecr get-repository-policy --repository-name NAME`, and `aws iam list-entities-for-policy` for each policy that allows ecr:PutImage. Only the roles of the pipelines that build the images should be there.",
});
