variable "repository" {
  description = "This repository on GitHub, as owner/name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.repository))
    error_message = "The repository is written owner/name, such as acme/platform."
  }
}

# gh api repos/OWNER/NAME --jq '{owner: .owner.id, repository: .id}'
variable "repository_ids" {
  description = "Numeric ids of the repository's owner and of the repository, which GitHub puts into the token of every repository created, renamed or moved since 15 July 2026. Null only for an older one that has not opted in to immutable subjects."
  type = object({
    owner      = string
    repository = string
  })

  validation {
    condition     = var.repository_ids == null || try(can(regex("^[0-9]+$", var.repository_ids.owner)) && can(regex("^[0-9]+$", var.repository_ids.repository)), false)
    error_message = "Both ids are numbers, such as { owner = \"123456\", repository = \"456789\" }."
  }
}

variable "default_branch" {
  description = "Branch whose workflows may plan."
  type        = string
  nullable    = false
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.default_branch))
    error_message = "Name one branch, without wildcards."
  }
}

variable "environments" {
  description = "GitHub environments whose jobs may apply in this account. Each must exist and be protected: without rules, anyone who can push can create it."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.environments) >= 1 && alltrue([for name in var.environments : can(regex("^[a-z][a-z0-9-]*$", name))])
    error_message = "Name at least one environment, in lower-case letters, digits and hyphens."
  }
}

variable "create_oidc_provider" {
  description = "Whether to create the IAM identity provider of GitHub. Set false where the account has it: AWS allows one per issuer."
  type        = bool
  nullable    = false
  default     = true
}
