import { control, terraform } from "../control.ts";
import { resourceOf } from "../evidence/link.ts";
import { allows, policyOf } from "../evidence/policy.ts";
import { ownKey } from "../evidence/require.ts";

export default control({
  id: "detection.alert-topic-key",
  title: "The alert topic is encrypted with a key that EventBridge may use",
  why: "Alerts tell an intruder what was noticed; and with a key that EventBridge cannot use every alarm is lost without a trace.",
  severity: "medium",
  mapping: {
    securityHub: ["SNS.1"],
    nsaCisa: ["Audit logging and threat detection"],
    checkov: ["CKV_AWS_26"],
    trivy: ["AWS-0095", "AWS-0136"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.accounts(subject))
        for (const topic of probe.some(root, "alert topic", "aws_sns_topic")) {
          probe.expect(topic, "kms_master_key_id", ownKey);
          const key = resourceOf(topic.get("kms_master_key_id"), "aws_kms_key");
          if (key === undefined) continue;
          const policy = policyOf(key, "policy");
          if ("unresolved" in policy) {
            probe.unresolved(
              key.placeOf("policy"),
              `${key.address}: its policy cannot be read: ${policy.unresolved}`,
              root.path,
            );
            continue;
          }
          for (const action of ["kms:Decrypt", "kms:GenerateDataKey"])
            probe.that(
              policy.statements.some(
                (statement) =>
                  allows(statement, action) &&
                  statement.principals.some(
                    ({ type, identifiers }) =>
                      type === "Service" && identifiers.includes("events.amazonaws.com"),
                  ),
              ),
              key.placeOf("policy"),
              `${key.address}: events.amazonaws.com may not ${action}, so no alarm reaches ${topic.address}`,
              root.path,
            );
        }
    }),
  ],
  fix: "Set kms_master_key_id to the key of the account's baseline, whose policy lets events.amazonaws.com encrypt.",
  mutants: [
    {
      title: "AWS's key, which EventBridge cannot use",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: "kms_master_key_id = aws_kms_key.alerts.arn",
          with: 'kms_master_key_id = "alias/aws/sns"',
        },
      ],
    },
    {
      title: "No encryption",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: "  kms_master_key_id = aws_kms_key.alerts.arn\n",
          with: "",
        },
      ],
    },
    {
      title: "EventBridge is off the key's policy",
      of: "startup",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace:
            '    actions = [\n      "kms:Decrypt",\n      "kms:GenerateDataKey*",\n    ]\n\n    principals {\n      type        = "Service"\n      identifiers = ["events.amazonaws.com"]',
          with: '    actions = [\n      "kms:Decrypt",\n      "kms:GenerateDataKey*",\n    ]\n\n    principals {\n      type        = "Service"\n      identifiers = ["sns.amazonaws.com"]',
        },
      ],
    },
  ],
});
