output "plan_role_arn" {
  description = "Role that plans."
  value       = aws_iam_role.ci["plan"].arn
}

output "apply_role_arn" {
  description = "Role that applies."
  value       = aws_iam_role.ci["apply"].arn
}
