import { control } from "../control.ts";

export default control({
  id: "supply-chain.image-scanning",
  title:
    "Images are scanned for known vulnerabilities when they are pushed, and again as new ones become known",
  why: "The repository runs no image of its own: a hole in what workloads bring is found by the registry's scanner or by nobody.",
  severity: "high",
  mapping: {
    cisEks: ["5.1.1"],
    securityHub: ["ECR.1"],
    nsaCisa: ["Upgrading and application security practices"],
    trivy: ["AWS-0030"],
  },
  look: "In each account that holds images run `aws ecr get-registry-scanning-configuration`: scanType must be ENHANCED (or BASIC with scanFrequency SCAN_ON_PUSH), and the repositoryFilters of the rules must match every repository in `aws ecr describe-repositories`. For another registry look at its scanner's last run. Then look at who gets the findings, in Inspector or EventBridge, and by when they are mended.",
});
