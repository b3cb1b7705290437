output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "Subnets of the nodes, in the order of their zone ids."
  value       = [for id in keys(var.zones) : aws_subnet.private[id].id]
}

output "intra_subnet_ids" {
  description = "Subnets of the control plane's network interfaces, in the order of their zone ids."
  value       = [for id in keys(var.zones) : aws_subnet.intra[id].id]
}

output "private_route_table_ids" {
  description = "Route tables of the private subnets, for gateway endpoints."
  value       = [for id in keys(var.zones) : aws_route_table.private[id].id]
}

output "flow_log_group_name" {
  description = "Log group with the flow records."
  value       = module.flow_logs.log_group_name
}
