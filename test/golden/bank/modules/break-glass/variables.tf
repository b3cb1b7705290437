variable "name" {
  description = "Name of the project: the role and the alarms start with it, and clusters that the role may enter do."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "AWS account of the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An AWS account id has exactly 12 digits."
  }
}

variable "partition" {
  description = "AWS partition: aws, aws-cn, aws-us-gov."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region in which the role can be assumed: the one whose alarm sees it."
  type        = string
  nullable    = false
}

variable "user_arns" {
  description = "IAM users who may break the glass, each with an MFA device. Empty: the role is not made."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.user_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:user/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "user_arns takes ARNs of IAM users: the session of a role carries no MFA, so a role could never fulfil the condition."
  }
}

variable "alert_topic_arn" {
  description = "SNS topic that every use is reported to."
  type        = string
  nullable    = false
}
