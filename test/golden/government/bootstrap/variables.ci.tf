variable "repository" {
  description = "This project on GitLab, as group/project."
  type        = string
  nullable    = false
  default     = "agency/platform/eks"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", var.repository))
    error_message = "The project is written with all its groups, such as acme/infrastructure/platform."
  }
}

variable "gitlab_url" {
  description = "Address of the GitLab instance, without a slash at its end. AWS fetches its keys, so it must be reachable from the internet."
  type        = string
  nullable    = false
  default     = "https://gitlab.com"

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.gitlab_url))
    error_message = "The address is https:// and a host name."
  }
}

variable "default_branch" {
  description = "Branch whose pipelines may plan and apply. It must be protected."
  type        = string
  nullable    = false
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.default_branch))
    error_message = "Name one branch, without wildcards."
  }
}

variable "create_oidc_provider" {
  description = "Whether to create the IAM identity provider of GitLab. Set false where the account has it: AWS allows one per issuer."
  type        = bool
  nullable    = false
  default     = true
}
