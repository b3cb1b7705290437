output "cluster_name" {
  description = "Name of the cluster."
  value       = module.cluster.name
}

output "cluster_endpoint" {
  description = "Address of the API server."
  value       = module.cluster.endpoint
}

output "cluster_certificate_authority" {
  description = "Certificate authority of the API server, base64."
  value       = module.cluster.certificate_authority
}

output "cluster_oidc_issuer" {
  description = "Issuer of service-account tokens, without https://."
  value       = module.cluster.oidc_issuer
}

output "cluster_oidc_provider_arn" {
  description = "IAM identity provider for roles of further service accounts."
  value       = module.cluster.oidc_provider_arn
}

output "region" {
  description = "Region of the cluster."
  value       = local.region
}

output "vpc_id" {
  description = "VPC of the cluster; charts that cannot ask the metadata service are told it."
  value       = module.network.vpc_id
}

output "private_subnet_ids" {
  description = "Subnets of the nodes."
  value       = module.network.private_subnet_ids
}

output "node_security_group_id" {
  description = "Security group of nodes and pods."
  value       = module.cluster.node_security_group_id
}

output "control_plane_security_group_id" {
  description = "Security group of the control plane's interfaces."
  value       = module.cluster.control_plane_security_group_id
}

output "node_group_names" {
  description = "Full name of each node group."
  value       = module.nodes.node_group_names
}

output "identity_role_arns" {
  description = "IAM role of each workload identity."
  value       = { for name, identity in module.identity : name => identity.arn }
}

output "volumes_key_arn" {
  description = "CMK for StorageClasses."
  value       = module.keys.volumes_key_arn
}

output "logs_key_arn" {
  description = "CMK for further log groups of this cluster."
  value       = module.keys.logs_key_arn
}

output "control_plane_log_group_name" {
  description = "Log group of the control plane, audit log included."
  value       = module.cluster.log_group_name
}

output "flow_log_group_name" {
  description = "Log group of the VPC's flow records."
  value       = module.network.flow_log_group_name
}
