variable "name" {
  description = "Name of the cluster; prefixes the aliases."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "AWS account that owns the keys."
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
  description = "Region of the keys."
  type        = string
  nullable    = false
}

variable "dns_suffix" {
  description = "DNS suffix of the partition: service names in key policies end in it."
  type        = string
  nullable    = false
}

variable "key_admin_arns" {
  description = "IAM roles that administer the keys, the only ones that can disable or delete them. They must exist: KMS refuses a policy that names an unknown principal."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.key_admin_arns) >= 1
    error_message = "Name at least one role that administers the keys."
  }

  validation {
    condition     = alltrue([for arn in var.key_admin_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "key_admin_arns takes ARNs of IAM roles, such as arn:aws:iam::111122223333:role/platform-admin: no users, no wildcards, no assumed-role sessions."
  }
}

variable "cluster_role_arn" {
  description = "Role of the control plane. A string that only has to match later, so the key can be made before the role."
  type        = string
  nullable    = false
}

variable "volume_role_arns" {
  description = "Roles that create encrypted volumes besides Auto Scaling, such as the EBS CSI driver's. May be made after the key."
  type        = set(string)
  nullable    = false
  default     = []
}

variable "log_group_arn_patterns" {
  description = "Log groups that the logs key may encrypt, as ARN patterns."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.log_group_arn_patterns) >= 1 && alltrue([for arn in var.log_group_arn_patterns : can(regex("^arn:[a-z-]+:logs:[a-z0-9-]+:[0-9]{12}:log-group:/[A-Za-z0-9]", arn))])
    error_message = "log_group_arn_patterns must be ARNs of log groups with region, account and the beginning of a name."
  }
}
