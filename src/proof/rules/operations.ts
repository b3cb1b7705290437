/** Logs, alarms, events, stores, queues, audit. */
import { policy } from "./policy.ts";
import {
  arn,
  type BlockTest,
  between,
  either,
  isSet,
  json,
  keyArn,
  matches,
  oneOf,
  oneOfNumbers,
  type Rules,
  roleArn,
} from "./rule.ts";

const names = [["name", "name_prefix"]];
const keyOrAlias = either(
  keyArn,
  matches(
    "a KMS key",
    /^(alias\/.+|(mrk-)?[0-9a-f-]{32,36})$/,
    "Give the ARN, the id or the alias of a key.",
  ),
);
const status = oneOf("a status", ["Enabled", "Disabled"]);
const bucketName = matches(
  "the name of a bucket",
  /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3)$)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "It has 3 to 63 lower-case letters, digits, dots and hyphens, and begins and ends with a letter or digit.",
);
const bucket = either(arn("a bucket", "s3"), bucketName);
const schedule = matches(
  "a schedule",
  /^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\((\S+\s+){5}\S+\))$/,
  'It is written "rate(1 hour)" or "cron(0 12 * * ? *)".',
);

/** Rules of one bucket are told apart by their ids. */
const encryptionRule: BlockTest = (block, report) => {
  if (isSet(block.kms_master_key_id) && block.sse_algorithm === "AES256")
    report(["kms_master_key_id"], {
      summary: "AES256 takes no key",
      detail: 'Write sse_algorithm = "aws:kms", or the key is not used.',
    });
};

export const operations: Rules = {
  aws_cloudwatch_log_group: {
    values: {
      name: matches(
        "the name of a log group",
        /^[.\-_/#A-Za-z0-9]{1,512}$/,
        "It has up to 512 letters, digits and any of .-_/#.",
      ),
      retention_in_days: oneOfNumbers(
        "a retention that CloudWatch Logs has",
        [
          0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
          2922, 3288, 3653,
        ],
      ),
      log_group_class: oneOf("a class of log group", ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]),
      kms_key_id: keyArn,
    },
    conflicts: names,
  },
  aws_cloudwatch_log_resource_policy: { values: { policy_document: policy("resource") } },
  aws_cloudwatch_metric_alarm: {
    values: {
      comparison_operator: oneOf("a comparison", [
        "GreaterThanOrEqualToThreshold",
        "GreaterThanThreshold",
        "GreaterThanUpperThreshold",
        "LessThanLowerOrGreaterThanUpperThreshold",
        "LessThanLowerThreshold",
        "LessThanOrEqualToThreshold",
        "LessThanThreshold",
      ]),
      statistic: oneOf("a statistic", ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]),
      treat_missing_data: oneOf("a treatment of missing data", [
        "breaching",
        "notBreaching",
        "ignore",
        "missing",
      ]),
      evaluation_periods: between("a number of periods", 1, 1000),
      "alarm_actions*": arn("an action of an alarm"),
      "ok_actions*": arn("an action of an alarm"),
    },
    conflicts: [
      ["statistic", "extended_statistic"],
      ["metric_name", "metric_query"],
    ],
  },
  aws_cloudwatch_log_metric_filter: {
    values: {
      "metric_transformation.name": matches(
        "the name of a metric",
        /^[^:*$]{1,255}$/,
        "It holds none of :*$.",
      ),
    },
  },
  aws_cloudwatch_event_rule: {
    values: {
      name: matches(
        "the name of a rule",
        /^[0-9A-Za-z_.-]{1,64}$/,
        "It has up to 64 letters, digits and any of _.-.",
      ),
      event_pattern: json,
      schedule_expression: schedule,
      role_arn: roleArn,
      state: oneOf("a state of a rule", [
        "ENABLED",
        "DISABLED",
        "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      ]),
    },
    conflicts: names,
    atLeastOne: [["event_pattern", "schedule_expression"]],
  },
  aws_cloudwatch_event_target: {
    values: { arn: arn("the target of a rule"), role_arn: roleArn, input: json },
    conflicts: [["input", "input_path", "input_transformer"]],
  },
  aws_s3_bucket: {
    values: { bucket: bucketName },
    conflicts: [["bucket", "bucket_prefix"]],
  },
  aws_s3_bucket_policy: { values: { bucket, policy: policy("resource") } },
  aws_s3_bucket_versioning: {
    values: {
      "versioning_configuration.status": oneOf("a state of versioning", [
        "Enabled",
        "Suspended",
        "Disabled",
      ]),
      "versioning_configuration.mfa_delete": status,
    },
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    values: {
      "rule*.apply_server_side_encryption_by_default.sse_algorithm": oneOf("an encryption", [
        "AES256",
        "aws:kms",
        "aws:kms:dsse",
      ]),
      "rule*.apply_server_side_encryption_by_default.kms_master_key_id": keyOrAlias,
    },
    blocks: { "rule*.apply_server_side_encryption_by_default": encryptionRule },
  },
  aws_s3_bucket_ownership_controls: {
    values: {
      "rule.object_ownership": oneOf("an object ownership", [
        "BucketOwnerPreferred",
        "ObjectWriter",
        "BucketOwnerEnforced",
      ]),
    },
  },
  aws_s3_bucket_lifecycle_configuration: {
    values: { "rule.status": status },
  },
  aws_s3_bucket_object_lock_configuration: {
    values: {
      object_lock_enabled: oneOf("a state of the object lock", ["Enabled"]),
      "rule.default_retention.mode": oneOf("a mode of retention", ["COMPLIANCE", "GOVERNANCE"]),
    },
  },
  aws_sns_topic: {
    values: {
      policy: policy("resource"),
      kms_master_key_id: keyOrAlias,
    },
    conflicts: names,
  },
  aws_sns_topic_policy: { values: { arn: arn("a topic", "sns"), policy: policy("resource") } },
  aws_sns_topic_subscription: {
    values: {
      topic_arn: arn("a topic", "sns"),
      protocol: oneOf("a protocol", [
        "application",
        "email-json",
        "email",
        "firehose",
        "http",
        "https",
        "lambda",
        "sms",
        "sqs",
      ]),
    },
  },
  aws_sqs_queue: {
    values: {
      policy: policy("resource"),
      kms_master_key_id: keyOrAlias,
      kms_data_key_reuse_period_seconds: between("a time in seconds", 60, 86400),
      message_retention_seconds: between("a retention in seconds", 60, 1209600),
      visibility_timeout_seconds: between("a time in seconds", 0, 43200),
      delay_seconds: between("a time in seconds", 0, 900),
      receive_wait_time_seconds: between("a time in seconds", 0, 20),
      redrive_policy: json,
    },
    conflicts: [...names, ["kms_master_key_id", "sqs_managed_sse_enabled"]],
  },
  aws_sqs_queue_policy: { values: { policy: policy("resource") } },
  aws_ecr_repository: {
    values: {
      image_tag_mutability: oneOf("a mutability of tags", (major) =>
        major === 5
          ? ["MUTABLE", "IMMUTABLE"]
          : ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"],
      ),
      "encryption_configuration.encryption_type": oneOf("an encryption", [
        "AES256",
        "KMS",
        "KMS_DSSE",
      ]),
      "encryption_configuration.kms_key": keyArn,
    },
  },
  aws_ecr_repository_policy: { values: { policy: policy("repository") } },
  aws_ecr_lifecycle_policy: { values: { policy: json } },
  aws_ecr_registry_scanning_configuration: {
    values: { scan_type: oneOf("a scan type", ["BASIC", "ENHANCED"]) },
  },
  aws_efs_file_system: {
    values: {
      performance_mode: oneOf("a performance mode", ["generalPurpose", "maxIO"]),
      throughput_mode: oneOf("a throughput mode", ["bursting", "provisioned", "elastic"]),
      kms_key_id: keyArn,
    },
  },
  aws_efs_file_system_policy: { values: { policy: policy("resource") } },
  aws_dynamodb_table: {
    values: {
      billing_mode: oneOf("a billing mode", ["PAY_PER_REQUEST", "PROVISIONED"]),
      "attribute*.type": oneOf("a type of attribute", ["S", "N", "B"]),
      "server_side_encryption.kms_key_arn": keyArn,
    },
  },
  aws_cloudtrail: {
    values: {
      kms_key_id: keyArn,
      cloud_watch_logs_role_arn: roleArn,
      cloud_watch_logs_group_arn: arn("a log group", "logs", /^log-group:/),
    },
  },
  aws_config_configuration_recorder: { values: { role_arn: roleArn } },
  aws_securityhub_standards_subscription: {
    values: { standards_arn: arn("a standard", "securityhub") },
  },
  aws_inspector2_enabler: {
    values: {
      "resource_types*": oneOf("a type of resource that is scanned", (major) => [
        "EC2",
        "ECR",
        "LAMBDA",
        "LAMBDA_CODE",
        ...(major === 5 ? [] : ["CODE_REPOSITORY"]),
      ]),
    },
  },
  aws_budgets_budget: {
    values: {
      budget_type: oneOf("a type of budget", [
        "USAGE",
        "COST",
        "RI_UTILIZATION",
        "RI_COVERAGE",
        "SAVINGS_PLANS_UTILIZATION",
        "SAVINGS_PLANS_COVERAGE",
      ]),
      time_unit: oneOf("a unit of time", ["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"]),
      "notification*.comparison_operator": oneOf("a comparison", [
        "GREATER_THAN",
        "LESS_THAN",
        "EQUAL_TO",
      ]),
      "notification*.notification_type": oneOf("a type of notification", ["ACTUAL", "FORECASTED"]),
      "notification*.threshold_type": oneOf("a type of threshold", [
        "PERCENTAGE",
        "ABSOLUTE_VALUE",
      ]),
    },
    conflicts: names,
  },
};
