variable "account_id" {
  description = "AWS account that is set up, 12 digits."
  type        = string
  nullable    = false
  default     = "444455556666"

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An AWS account id has exactly 12 digits."
  }
}

variable "key_admin_role_arns" {
  description = "IAM roles that administer the key of the alerts, and alone can disable or delete it. They must exist."
  type        = set(string)
  nullable    = false
  default     = ["arn:aws:iam::111122223333:role/platform-admin"]

  validation {
    condition     = length(var.key_admin_role_arns) >= 1
    error_message = "Name at least one administrator of the key: without one, nobody can undo its deletion."
  }
}

variable "alert_email" {
  description = "Who gets the security alerts by mail; the address has to confirm once. Null where something else subscribes to the topic: with no subscriber at all, every alarm is silent."
  type        = string
  default     = "platform@bank.example"
}

variable "existing_service_linked_roles" {
  description = "Services whose service-linked role the account already has, such as autoscaling.amazonaws.com: an account that has run Auto Scaling or EKS before."
  type        = set(string)
  nullable    = false
  default     = []
}

variable "break_glass_user_arns" {
  description = "IAM users who may assume the break-glass role, each with an MFA device; two of them, best with a hardware key in a safe. Empty: there is no such role."
  type        = set(string)
  nullable    = false
  default     = []
}
