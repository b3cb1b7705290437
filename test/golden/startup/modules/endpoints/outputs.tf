output "security_group_id" {
  description = "Security group of the interface endpoints."
  value       = aws_security_group.endpoints.id
}

output "s3_prefix_list_id" {
  description = "Prefix list of S3, for security group rules towards the gateway endpoint."
  value       = aws_vpc_endpoint.s3.prefix_list_id
}

output "interface_endpoint_ids" {
  description = "Endpoint ids by service suffix."
  value       = { for suffix, endpoint in aws_vpc_endpoint.interface : suffix => endpoint.id }
}

output "s3_endpoint_id" {
  description = "Id of the S3 gateway endpoint, for bucket policies that admit this VPC only."
  value       = aws_vpc_endpoint.s3.id
}
