variable "cluster_name" {
  description = "Name of the cluster."
  type        = string
  nullable    = false
}

variable "partition" {
  description = "AWS partition: aws, aws-cn, aws-us-gov."
  type        = string
  nullable    = false
}

variable "dns_suffix" {
  description = "DNS suffix of the partition; EC2's service principal ends in it."
  type        = string
  nullable    = false
}

variable "kubernetes_version" {
  description = "Kubernetes version of the nodes, major.minor. Never ahead of the control plane."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets of the nodes."
  type        = list(string)
  nullable    = false
}

variable "security_group_id" {
  description = "Security group of the nodes."
  type        = string
  nullable    = false
}

variable "volumes_key_arn" {
  description = "CMK of the nodes' volumes."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of instances, volumes and network interfaces: the provider's default tags do not reach what a launch template starts."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "groups" {
  description = <<-EOT
    Managed node groups by name.
    ami_type        EKS's name for image and architecture, such as BOTTLEROCKET_x86_64
    release_version a certain image; null takes the newest at creation, and moves only when it is set
    disk_size_gib   data volume on Bottlerocket, root volume on Amazon Linux
  EOT
  type = map(object({
    ami_type        = string
    instance_types  = list(string)
    capacity_type   = optional(string, "ON_DEMAND")
    min_size        = number
    desired_size    = number
    max_size        = number
    disk_size_gib   = optional(number, 100)
    release_version = optional(string)
    labels          = optional(map(string), {})
    taints = optional(list(object({
      key    = string
      value  = optional(string)
      effect = string
    })), [])
  }))
  nullable = false

  validation {
    condition     = length(var.groups) >= 1
    error_message = "A cluster needs at least one node group."
  }

  validation {
    condition     = alltrue([for name in keys(var.groups) : can(regex("^[a-z][a-z0-9-]{0,23}$", name))])
    error_message = "The name of a node group is at most 24 lower-case letters, digits and hyphens, a letter first."
  }

  validation {
    condition     = alltrue([for group in values(var.groups) : 0 <= group.min_size && group.min_size <= group.desired_size && group.desired_size <= group.max_size && group.max_size >= 1])
    error_message = "Sizes must satisfy 0 <= min_size <= desired_size <= max_size, and max_size must be at least 1."
  }

  validation {
    condition     = alltrue([for group in values(var.groups) : contains(["BOTTLEROCKET_x86_64", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64_FIPS", "BOTTLEROCKET_ARM_64_FIPS", "BOTTLEROCKET_x86_64_NVIDIA", "BOTTLEROCKET_ARM_64_NVIDIA", "AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA", "AL2023_x86_64_NEURON"], group.ami_type)])
    error_message = "ami_type must be a Bottlerocket or Amazon Linux 2023 type that EKS offers, such as BOTTLEROCKET_x86_64."
  }

  validation {
    condition     = alltrue([for group in values(var.groups) : contains(["ON_DEMAND", "SPOT"], group.capacity_type)])
    error_message = "capacity_type must be ON_DEMAND or SPOT."
  }

  validation {
    condition     = alltrue([for group in values(var.groups) : length(group.instance_types) >= 1])
    error_message = "Every group names at least one instance type."
  }

  validation {
    condition     = alltrue([for group in values(var.groups) : group.disk_size_gib >= 20])
    error_message = "disk_size_gib must be at least 20: images and logs fill a smaller volume."
  }

  validation {
    condition     = alltrue(flatten([for group in values(var.groups) : [for taint in group.taints : contains(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], taint.effect)]]))
    error_message = "The effect of a taint must be NO_SCHEDULE, NO_EXECUTE or PREFER_NO_SCHEDULE."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role, without which the pipeline may not make it; null where no pipeline does."
  type        = string
  default     = null
}
