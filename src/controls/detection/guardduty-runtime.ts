import { findAddon, findRegion } from "../../catalog/index.ts";
import { control, terraform } from "../control.ts";
import { expectFeature, GUARDDUTY_ELSEWHERE } from "../evidence/guardduty.ts";
import { ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";
import { blocksOf, textOf } from "../evidence/value.ts";

export default control({
  id: "detection.guardduty-runtime",
  title: "GuardDuty watches what runs on the nodes, with an agent that it manages",
  why: "A reverse shell or a miner in a container calls no AWS API: only an agent on the node sees the process.",
  severity: "high",
  mapping: {
    securityHub: ["GuardDuty.7", "GuardDuty.11"],
    nsaCisa: ["Audit logging and threat detection"],
  },
  feature: "guardduty",
  notApplicable: ({ region }) => {
    const partition = findRegion(region)?.partition;
    return partition !== undefined &&
      findAddon("aws-guardduty-agent")?.partitions.includes(partition) === false
      ? `GuardDuty offers no runtime monitoring in ${region}`
      : undefined;
  },
  waivedBy: GUARDDUTY_ELSEWHERE,
  evidence: [
    terraform((subject, probe) => {
      for (const { root, feature } of expectFeature(probe, subject, "RUNTIME_MONITORING")) {
        const addon = blocksOf(feature.get("additional_configuration")).find(
          ({ name }) => textOf(name) === "EKS_ADDON_MANAGEMENT",
        );
        if (addon === undefined)
          probe.wrong(
            feature.placeOf("additional_configuration"),
            `${feature.address}: no additional_configuration sets EKS_ADDON_MANAGEMENT`,
            root.path,
          );
        else probe.expectIn(feature, addon, "additional_configuration.status", is("ENABLED"));
        // The two exclude one another; AWS switches the first one off.
        for (const other of ofType(root, "aws_guardduty_detector_feature"))
          if (textOf(other.get("name")) === "EKS_RUNTIME_MONITORING")
            probe.wrong(
              other.placeOf("name"),
              `${other.address}: EKS_RUNTIME_MONITORING excludes RUNTIME_MONITORING`,
              root.path,
            );
      }
    }),
  ],
  fix: "Set RUNTIME_MONITORING, and in it EKS_ADDON_MANAGEMENT, to ENABLED.",
  mutants: [
    {
      title: "Monitoring without the agent",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: 'name   = "EKS_ADDON_MANAGEMENT"\n    status = "ENABLED"',
          with: 'name   = "EKS_ADDON_MANAGEMENT"\n    status = "DISABLED"',
        },
      ],
    },
    {
      title: "Off in one account",
      edits: [
        {
          file: "accounts/prod/main.guardduty.tf",
          replace: "  ebs_malware_protection = true\n",
          with: "  ebs_malware_protection = true\n  runtime_monitoring     = false\n",
        },
      ],
    },
    {
      title: "Off by the module's default",
      of: "government",
      edits: [
        {
          file: "modules/guardduty/variables.tf",
          replace: /(?<=variable "runtime_monitoring" \{[^}]*default {5}= )true/,
          with: "false",
        },
      ],
    },
    {
      title: "The older feature beside it",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          append:
            '\nresource "aws_guardduty_detector_feature" "eks_runtime_monitoring" {\n  detector_id = local.detector_id\n  name        = "EKS_RUNTIME_MONITORING"\n  status      = "ENABLED"\n}\n',
        },
      ],
    },
  ],
});
