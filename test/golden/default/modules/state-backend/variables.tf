variable "name" {
  description = "Name of the project; bucket, key and alias start with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 40 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "account_id" {
  description = "AWS account that owns the bucket."
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
  description = "Region of the bucket."
  type        = string
  nullable    = false
}

variable "dns_suffix" {
  description = "DNS suffix of the partition: kms:ViaService ends in it."
  type        = string
  nullable    = false
}

variable "key_admin_arns" {
  description = "IAM roles that may disable or delete the key, remove the history of a state and change the bucket's configuration, and nobody else. They must exist: KMS refuses a policy that names an unknown principal."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.key_admin_arns) >= 1
    error_message = "Name at least one role that administers the key."
  }

  validation {
    condition     = alltrue([for arn in var.key_admin_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "key_admin_arns takes ARNs of IAM roles, such as arn:aws:iam::111122223333:role/platform-admin: no users, no wildcards, no assumed-role sessions."
  }
}

variable "access_log_bucket" {
  description = "Bucket that receives S3 server access logs; null where CloudTrail data events record who read a state."
  type        = string
  default     = null
}
