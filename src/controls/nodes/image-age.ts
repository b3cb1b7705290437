import { control } from "../control.ts";

export default control({
  id: "nodes.image-age",
  title: "Nodes run an image of the last 30 days",
  why: "Kernel and runtime are patched by replacing nodes; a group without a set release_version stays on the image of its creation until somebody updates it.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  look: "Compare aws eks describe-nodegroup --query nodegroup.releaseVersion of each group with the newest release of its ami_type (aws ssm get-parameters-by-path under /aws/service/bottlerocket or /aws/service/eks/optimized-ami); docs/runbooks/replace-nodes.md says how to move on.",
});
