variable "vpc_id" {
  description = "The VPC that the cluster moves into. DNS support and DNS hostnames must be on."
  type        = string
  nullable    = false
}

variable "private_subnet_ids" {
  description = "Subnets of the nodes, in at least two zones."
  type        = list(string)
  nullable    = false
}

variable "intra_subnet_ids" {
  description = "Subnets of the control plane's network interfaces, in at least two zones, best without a route to the internet."
  type        = list(string)
  nullable    = false
}

variable "private_route_table_ids" {
  description = "Route tables of the private subnets; the S3 gateway endpoint is entered there."
  type        = list(string)
  nullable    = false
}

variable "create_flow_log" {
  description = "Whether to record the VPC's traffic. Set false only where the VPC's owner already does."
  type        = bool
  nullable    = false
  default     = true
}

variable "create_endpoints" {
  description = "Whether to create the VPC endpoints. Set false where the VPC has all that main.network.tf lists: a second one with private DNS is refused."
  type        = bool
  nullable    = false
  default     = true
}

variable "s3_prefix_list_id" {
  description = "Prefix list of S3 in this region; needed only where the VPC brings its own endpoints."
  type        = string
  default     = null

  validation {
    condition     = var.create_endpoints || can(regex("^pl-[0-9a-f]+$", var.s3_prefix_list_id))
    error_message = "With create_endpoints = false, s3_prefix_list_id must be S3's prefix list, such as pl-0123456789abcdef0."
  }
}
