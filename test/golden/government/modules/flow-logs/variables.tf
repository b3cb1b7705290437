variable "name" {
  description = "Name of the cluster; prefixes the log group and the role."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "AWS account that owns the VPC."
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
  description = "Region of the VPC."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "VPC whose traffic is recorded."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "CMK that encrypts the log group; its policy must admit CloudWatch Logs for this group."
  type        = string
  nullable    = false
}

variable "retention_days" {
  description = "Days that CloudWatch Logs keeps the records."
  type        = number
  nullable    = false
  default     = 365

  validation {
    condition     = contains([365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.retention_days)
    error_message = "Flow logs are kept for at least a year, in one of the periods that CloudWatch Logs offers: 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role, without which the pipeline may not make it; null where no pipeline does."
  type        = string
  default     = null
}
