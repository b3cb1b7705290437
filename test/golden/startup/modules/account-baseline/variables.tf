variable "name" {
  description = "Name of the project; prefixes what has a name."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "AWS account that is set up."
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

variable "key_admin_arns" {
  description = "IAM roles that may disable or delete the key of the alerts. They must exist: KMS refuses a policy that names an unknown principal."
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

variable "existing_service_linked_roles" {
  description = "Services whose service-linked role the account already has, such as autoscaling.amazonaws.com. AWS refuses to create one twice."
  type        = set(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for service in var.existing_service_linked_roles : contains(["autoscaling.amazonaws.com", "eks-nodegroup.amazonaws.com", "eks.amazonaws.com", "spot.amazonaws.com"], service)])
    error_message = "Only autoscaling.amazonaws.com, eks.amazonaws.com, eks-nodegroup.amazonaws.com and spot.amazonaws.com are created here."
  }
}

variable "alert_email" {
  description = "Who gets the alerts by mail; the address has to confirm the subscription once. Null where something else subscribes to the topic."
  type        = string
  default     = null
}
