variable "name" {
  description = "Name of the cluster; prefixes everything in the VPC."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "AWS account that owns the VPC."
  type        = string
  nullable    = false
}

variable "partition" {
  description = "AWS partition: aws, aws-cn, aws-us-gov."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the VPC."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "IPv4 range of the VPC."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "cidr must be an IPv4 range without host bits, such as 10.40.0.0/16."
  }
}

variable "zones" {
  description = <<-EOT
    Subnets by availability-zone id. Ids name the same building in every account; letters do not.
    Nodes live in the private subnet, the control plane's network interfaces in the intra subnet, which has no route out.
  EOT
  type = map(object({
    public_cidr  = optional(string)
    private_cidr = string
    intra_cidr   = string
  }))
  nullable = false

  validation {
    condition     = length(var.zones) >= 2
    error_message = "EKS needs subnets in at least two availability zones."
  }

  validation {
    condition     = alltrue([for id in keys(var.zones) : can(regex("^[a-z0-9-]+-az[0-9]+$", id))])
    error_message = "Zones are named by zone id, such as euw1-az1, not by letter."
  }

  validation {
    condition     = var.egress == "none" || alltrue([for zone in values(var.zones) : zone.public_cidr != null])
    error_message = "A NAT gateway needs a public subnet: give every zone a public_cidr, or set egress to none."
  }

  validation {
    condition     = var.egress != "none" || alltrue([for zone in values(var.zones) : zone.public_cidr == null])
    error_message = "Without egress no subnet is public: leave public_cidr out."
  }
}

variable "egress" {
  description = "Way out for the private subnets: nat-per-az survives the loss of a zone, nat shares one gateway, none has no route to the internet."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["nat-per-az", "nat", "none"], var.egress)
    error_message = "egress must be nat-per-az, nat or none."
  }
}

variable "flow_log_kms_key_arn" {
  description = "CMK for the log group of the flow logs."
  type        = string
  nullable    = false
}

variable "flow_log_retention_days" {
  description = "Days that flow records are kept, at least 365."
  type        = number
  nullable    = false
  default     = 365
}

variable "flow_log_permissions_boundary_arn" {
  description = "Permissions boundary of the role that writes flow logs, without which the pipeline may not make it; null where no pipeline does."
  type        = string
  default     = null
}
