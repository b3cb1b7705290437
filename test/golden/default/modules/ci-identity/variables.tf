variable "name" {
  description = "Name of the project. The roles manage what starts with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 40 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "account_id" {
  description = "AWS account of the roles."
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
  description = "The one region in which the roles can do anything regional."
  type        = string
  nullable    = false
}

variable "dns_suffix" {
  description = "DNS suffix of the partition: issuers of clusters end in it."
  type        = string
  nullable    = false
}

variable "issuer_url" {
  description = "Issuer of the pipeline's identity tokens, such as https://token.actions.githubusercontent.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+(/[A-Za-z0-9._/-]*[A-Za-z0-9_-])?$", var.issuer_url))
    error_message = "The issuer is an https URL without a slash at its end."
  }
}

variable "audience" {
  description = "Audience that the pipeline asks its tokens for."
  type        = string
  nullable    = false
}

variable "create_oidc_provider" {
  description = "Whether to create the IAM identity provider. Set false where the account has one for this issuer: AWS allows one."
  type        = bool
  nullable    = false
  default     = true
}

variable "plan_subjects" {
  description = "Exact subjects of the tokens that may plan."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.plan_subjects) >= 1 && alltrue([for subject in var.plan_subjects : can(regex("^[^*?]+$", subject))])
    error_message = "Name at least one subject in full: a wildcard lets in branches and forks that nobody reviewed."
  }
}

variable "apply_subjects" {
  description = "Exact subjects of the tokens that may apply."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.apply_subjects) >= 1 && alltrue([for subject in var.apply_subjects : can(regex("^[^*?]+$", subject))])
    error_message = "Name at least one subject in full: a wildcard lets in branches and forks that nobody reviewed."
  }
}

variable "state_bucket_arn" {
  description = "Bucket of the states."
  type        = string
  nullable    = false
}

variable "state_key_arn" {
  description = "CMK of the states."
  type        = string
  nullable    = false
}

variable "attachable_policies" {
  description = "AWS managed policies that the apply role may attach to roles of the project, by path and name."
  type        = set(string)
  nullable    = false
  default = [
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "service-role/AmazonEBSCSIDriverPolicy",
    "service-role/AmazonEFSCSIDriverPolicy",
  ]

  validation {
    condition     = alltrue([for policy in var.attachable_policies : can(regex("^[A-Za-z0-9_/-]+$", policy)) && !contains(["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"], policy)])
    error_message = "Name policies in full, without wildcards, and none that would make an administrator."
  }
}
