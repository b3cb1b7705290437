/** Amazon GuardDuty. */
import {
  arn,
  type BlockTest,
  between,
  keyArn,
  matches,
  oneOf,
  type Rules,
  roleArn,
} from "./rule.ts";

const FEATURES = [
  "S3_DATA_EVENTS",
  "EKS_AUDIT_LOGS",
  "EBS_MALWARE_PROTECTION",
  "RDS_LOGIN_EVENTS",
  "EKS_RUNTIME_MONITORING",
  "LAMBDA_NETWORK_LOGS",
  "RUNTIME_MONITORING",
];
const feature = oneOf("a GuardDuty feature", (major) =>
  major === 5 ? FEATURES : [...FEATURES, "AI_PROTECTION", "AI_ANALYST"],
);
const additional = oneOf("an additional configuration of a GuardDuty feature", [
  "EKS_ADDON_MANAGEMENT",
  "ECS_FARGATE_AGENT_MANAGEMENT",
  "EC2_AGENT_MANAGEMENT",
]);
const status = oneOf("the status of a GuardDuty feature", ["ENABLED", "DISABLED"]);
const autoEnable = oneOf("a choice of member accounts", ["ALL", "NEW", "NONE"]);
const detector = matches("the id of a detector", /^[0-9a-f]{32}$/, "It has 32 hexadecimal digits.");

/** Only the runtime features manage agents. */
const agents: BlockTest = (block, report) => {
  const { name, additional_configuration: configurations } = block;
  if (typeof name !== "string" || /RUNTIME_MONITORING$/.test(name)) return;
  if (Array.isArray(configurations) && configurations.length > 0)
    report(["additional_configuration"], {
      summary: `The feature "${name}" has no additional configuration`,
      detail: "Only RUNTIME_MONITORING and EKS_RUNTIME_MONITORING manage agents.",
    });
};

export const guardduty: Rules = {
  aws_guardduty_detector: {
    values: {
      finding_publishing_frequency: oneOf("a frequency", [
        "FIFTEEN_MINUTES",
        "ONE_HOUR",
        "SIX_HOURS",
      ]),
    },
  },
  aws_guardduty_detector_feature: {
    values: {
      detector_id: detector,
      name: feature,
      status,
      "additional_configuration*.name": additional,
      "additional_configuration*.status": status,
    },
    blocks: { "": agents },
  },
  aws_guardduty_organization_configuration_feature: {
    values: {
      detector_id: detector,
      name: feature,
      auto_enable: autoEnable,
      "additional_configuration.name": additional,
      "additional_configuration.auto_enable": autoEnable,
    },
    blocks: { "": agents },
  },
  aws_guardduty_organization_configuration: {
    values: { auto_enable_organization_members: autoEnable },
  },
  aws_guardduty_publishing_destination: {
    values: {
      destination_arn: arn("an S3 bucket", "s3"),
      destination_type: oneOf("a type of destination", ["S3"]),
      kms_key_arn: keyArn,
    },
  },
  aws_guardduty_filter: {
    values: {
      action: oneOf("an action", ["NOOP", "ARCHIVE"]),
      rank: between("a rank", 1, 100),
    },
  },
  aws_guardduty_malware_protection_plan: { values: { role: roleArn } },
};
