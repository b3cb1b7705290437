output "vpc_id" {
  description = "Id of the VPC."
  value       = var.vpc_id
}

output "cidr" {
  description = "IPv4 range of the VPC."
  value       = var.cidr
}

output "private_subnet_ids" {
  description = "Subnets of the nodes."
  value       = var.private_subnet_ids
}

output "intra_subnet_ids" {
  description = "Subnets of the control plane's network interfaces."
  value       = var.intra_subnet_ids
}

output "private_route_table_ids" {
  description = "Route tables of the private subnets, for gateway endpoints."
  value       = var.private_route_table_ids
}

output "flow_log_group_name" {
  description = "Log group with the flow records; null where the VPC's owner keeps them."
  value       = one(module.flow_logs[*].log_group_name)
}
