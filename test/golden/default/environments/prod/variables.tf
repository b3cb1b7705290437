variable "account_id" {
  description = "AWS account of this environment, 12 digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An AWS account id has exactly 12 digits."
  }
}

variable "admin_role_arns" {
  description = "IAM roles that administer the cluster, at least one. For an IAM Identity Center role give the full ARN with its aws-reserved path."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.admin_role_arns) >= 1
    error_message = "Name at least one administrator: whoever creates the cluster gets no access to it."
  }
}

variable "key_admin_role_arns" {
  description = "IAM roles that administer the KMS keys, and alone can disable or delete them; null means the administrators of the cluster."
  type        = set(string)
  default     = null

  validation {
    condition     = var.key_admin_role_arns == null || try(length(var.key_admin_role_arns) >= 1, false)
    error_message = "Name at least one administrator of the keys, or leave it null."
  }
}
