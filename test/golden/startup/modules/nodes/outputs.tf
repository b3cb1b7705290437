output "node_role_arn" {
  description = "Role of the nodes."
  value       = aws_iam_role.node.arn
}

output "node_group_names" {
  description = "Full name of each node group."
  value       = { for name, group in aws_eks_node_group.this : name => group.node_group_name }
}
