variable "cluster_name" {
  description = "Name of the cluster."
  type        = string
  nullable    = false
}

variable "addons" {
  description = <<-EOT
    EKS add-ons by AWS's name for them.
    version                  exact build, such as v1.21.1-eksbuild.1
    configuration            configuration values, JSON
    service_account_role_arn role assumed through IRSA
    pod_identity             role assumed through Pod Identity, and the service account that gets it
  EOT
  type = map(object({
    version                  = string
    configuration            = optional(string)
    service_account_role_arn = optional(string)
    pod_identity = optional(object({
      role_arn        = string
      service_account = string
    }))
  }))
  nullable = false

  validation {
    condition     = alltrue([for addon in values(var.addons) : can(regex("^v[0-9]+\\.[0-9]+\\.[0-9]+-eksbuild\\.[0-9]+$", addon.version))])
    error_message = "Add-ons are pinned to a build, such as v1.21.1-eksbuild.1: what runs in kube-system changes by a commit, not by itself."
  }

  validation {
    condition     = alltrue([for addon in values(var.addons) : addon.configuration == null || can(jsondecode(addon.configuration))])
    error_message = "configuration must be JSON."
  }

  validation {
    condition     = alltrue([for addon in values(var.addons) : addon.service_account_role_arn == null || addon.pod_identity == null])
    error_message = "An add-on gets its role through IRSA or through Pod Identity, not both."
  }
}
