variable "name" {
  description = "Name of the role."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 64
    error_message = "IAM role names have at most 64 characters."
  }
}

variable "partition" {
  description = "AWS partition: aws, aws-cn, aws-us-gov."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "AWS account of the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An AWS account id has exactly 12 digits."
  }
}

variable "cluster_name" {
  description = "The one cluster whose pods may assume the role."
  type        = string
  nullable    = false
}

variable "namespace" {
  description = "Namespace of the service account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace must be one Kubernetes namespace: no wildcards."
  }
}

variable "service_account" {
  description = "The one service account that may assume the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.service_account))
    error_message = "service_account must be one Kubernetes service account: no wildcards."
  }
}

variable "managed_policies" {
  description = "AWS managed policies by path and name, such as service-role/AmazonEBSCSIDriverPolicy."
  type        = set(string)
  nullable    = false
  default     = []
}

variable "inline_policies" {
  description = "Policies of the role's own, JSON by name."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "create_association" {
  description = "Whether to bind role and service account here. False where an EKS add-on makes the association."
  type        = bool
  nullable    = false
  default     = true
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role, without which the pipeline may not make it; null where no pipeline does."
  type        = string
  default     = null
}
