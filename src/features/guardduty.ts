import { choice, toggle } from "../options/declare.ts";
import type { Feature } from "./feature.ts";

/**
 * GuardDuty once per account and region: EKS audit logs and runtime monitoring.
 * GuardDuty manages its agent and its own VPC endpoint (facts: double ownership blocks the deletion of the VPC).
 */
export const guardduty: Feature = {
  id: "guardduty",
  kind: "addon",
  title: "Amazon GuardDuty",
  summary: "Threat detection on audit logs and on the nodes",
  options: [
    choice({
      path: "guardduty.detector",
      summary: "Who owns the detector of the account",
      choices: [
        { value: "create", label: "This repository creates it" },
        { value: "existing", label: "It exists: its id is a Terraform variable" },
        { value: "delegated", label: "A delegated administrator of the organisation" },
      ],
      default: "create",
      prompt: { notAsked: "most accounts have none" },
    }),
    toggle({
      path: "guardduty.ebsMalware",
      summary: "Scan volumes of suspicious nodes for malware",
      default: true,
      prompt: { notAsked: "on: it costs only when a finding asks for a scan" },
    }),
  ],
  runbooks: [{ slug: "guardduty-finding", title: "Answer a GuardDuty finding" }],
  contribute: ({ config }) => ({
    systemNamespaces: ["amazon-guardduty"],
    exceptions:
      config.guardduty.detector === "delegated"
        ? [
            {
              id: "guardduty-delegated",
              what: "GuardDuty is not managed here",
              why: "a delegated administrator of the organisation owns detector and features",
            },
          ]
        : [],
  }),
};
