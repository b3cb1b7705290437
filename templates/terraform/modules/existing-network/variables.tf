variable "name" {
  description = "Name of the cluster; prefixes the flow log's group and role."
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

variable "vpc_id" {
  description = "The VPC to use. DNS support and DNS hostnames must be on."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "vpc_id must be a VPC id, such as vpc-0123456789abcdef0."
  }
}

variable "cidr" {
  description = "IPv4 range of the VPC; security groups admit HTTPS from it."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(tonumber(split("/", var.cidr)[1]) >= 16, false)
    error_message = "cidr must be the VPC's IPv4 range, /16 or smaller, such as 10.40.0.0/16."
  }
}

variable "private_subnet_ids" {
  description = "Subnets of the nodes, one per zone. Tag them kubernetes.io/role/internal-elb = 1 where internal load balancers are wanted."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.private_subnet_ids)) >= 2
    error_message = "Nodes need private subnets in at least two availability zones."
  }

  validation {
    condition     = alltrue([for id in var.private_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "private_subnet_ids must be subnet ids, such as subnet-0123456789abcdef0."
  }
}

variable "intra_subnet_ids" {
  description = "Subnets of the control plane's network interfaces, one per zone, best without a route to the internet."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.intra_subnet_ids)) >= 2
    error_message = "EKS needs subnets in at least two availability zones."
  }

  validation {
    condition     = alltrue([for id in var.intra_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "intra_subnet_ids must be subnet ids, such as subnet-0123456789abcdef0."
  }
}

variable "private_route_table_ids" {
  description = "Route tables of the private subnets; the S3 gateway endpoint is entered there."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.private_route_table_ids) >= 1 && alltrue([for id in var.private_route_table_ids : can(regex("^rtb-[0-9a-f]{8,17}$", id))])
    error_message = "private_route_table_ids must be at least one route table id, such as rtb-0123456789abcdef0."
  }
}

variable "create_flow_log" {
  description = "Whether to record the VPC's traffic. Set false only where the VPC's owner already does."
  type        = bool
  nullable    = false
  default     = true
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
