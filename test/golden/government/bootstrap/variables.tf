variable "account_id" {
  description = "AWS account that is bootstrapped, 12 digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An AWS account id has exactly 12 digits."
  }
}

variable "key_admin_role_arns" {
  description = "IAM roles that administer the bucket of the states and its key: they alone can disable or delete the key and change the bucket's configuration, so bootstrap/ is applied as one of them. They must exist."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.key_admin_role_arns) >= 1
    error_message = "Name at least one administrator of the key: without one, nobody can undo its deletion."
  }
}

variable "access_log_bucket" {
  description = "Bucket that receives S3 server access logs of the state bucket; null where CloudTrail data events record them."
  type        = string
  default     = null
}
