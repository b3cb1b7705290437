variable "name" {
  description = "Name of the cluster; prefixes endpoints and their security group."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "The account whose identities, and for most services whose resources, may be used through the endpoints."
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
  description = "Region of the VPC."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "VPC that gets the endpoints."
  type        = string
  nullable    = false
}

variable "vpc_cidr" {
  description = "IPv4 range that may call the endpoints."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16, false)
    error_message = "vpc_cidr must be the VPC's IPv4 range, /16 or smaller."
  }
}

variable "subnet_ids" {
  description = "Subnets that hold the interfaces of the endpoints, one per zone."
  type        = list(string)
  nullable    = false
}

variable "route_table_ids" {
  description = "Route tables that get the S3 gateway endpoint."
  type        = list(string)
  nullable    = false
}

variable "interface_services" {
  description = "Interface endpoints: service suffix, such as ecr.api, to full service name. The head differs between services in aws-cn, so names are told, not built."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for suffix, service in var.interface_services : endswith(service, ".${suffix}")])
    error_message = "Every service name must end in its suffix: com.amazonaws.eu-west-1.ecr.api for ecr.api."
  }
}

variable "s3_service" {
  description = "Full service name of the S3 gateway endpoint."
  type        = string
  nullable    = false

  validation {
    condition     = endswith(var.s3_service, ".s3")
    error_message = "s3_service must end in .s3, such as com.amazonaws.eu-west-1.s3."
  }
}

variable "public_image_buckets" {
  description = "Public S3 buckets that image registries outside ECR redirect to; their objects may be read."
  type        = set(string)
  nullable    = false
  default     = []
}
