output "role_arn" {
  description = "The break-glass role; null where nobody is named."
  value       = one(aws_iam_role.this[*].arn)
}
