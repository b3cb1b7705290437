import { control, terraform } from "../control.ts";
import { expectFeature, GUARDDUTY_ELSEWHERE } from "../evidence/guardduty.ts";

export default control({
  id: "detection.guardduty-audit-logs",
  title: "GuardDuty reads the clusters' audit logs",
  why: "Anonymous calls, stolen service-account tokens and new privileged pods show up in the audit log, and nobody else watches it.",
  severity: "high",
  mapping: {
    securityHub: ["GuardDuty.5"],
    nsaCisa: ["Audit logging and threat detection"],
  },
  feature: "guardduty",
  waivedBy: GUARDDUTY_ELSEWHERE,
  evidence: [
    terraform((subject, probe) => {
      expectFeature(probe, subject, "EKS_AUDIT_LOGS");
    }),
  ],
  fix: "Set the feature EKS_AUDIT_LOGS of the detector to ENABLED.",
  mutants: [
    {
      title: "Switched off",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: 'name        = "EKS_AUDIT_LOGS"\n  status      = "ENABLED"',
          with: 'name        = "EKS_AUDIT_LOGS"\n  status      = "DISABLED"',
        },
      ],
    },
    {
      title: "Left to what the detector happens to have",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: /resource "aws_guardduty_detector_feature" "eks_audit_logs" \{[\s\S]*?\n\}\n\n/,
          with: "",
        },
      ],
    },
    {
      title: "Off in a member's account",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          append:
            '\nresource "aws_guardduty_member_detector_feature" "audit_logs" {\n  detector_id = local.detector_id\n  account_id  = "123456789012"\n  name        = "EKS_AUDIT_LOGS"\n  status      = "DISABLED"\n}\n',
        },
      ],
    },
    {
      title: "Off in one account, behind a variable",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: 'name        = "EKS_AUDIT_LOGS"\n  status      = "ENABLED"',
          with: 'name        = "EKS_AUDIT_LOGS"\n  status      = var.eks_audit_logs ? "ENABLED" : "DISABLED"',
        },
        {
          file: "modules/guardduty/variables.tf",
          append:
            '\nvariable "eks_audit_logs" {\n  description = "Whether to read audit logs."\n  type        = bool\n  nullable    = false\n  default     = true\n}\n',
        },
        {
          file: "accounts/dev/main.guardduty.tf",
          replace: "  ebs_malware_protection = true\n",
          with: "  ebs_malware_protection = true\n  eks_audit_logs         = false\n",
        },
      ],
    },
  ],
});
