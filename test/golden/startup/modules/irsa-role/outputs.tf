output "arn" {
  description = "ARN of the role, once its policies are attached."
  value       = aws_iam_role.this.arn

  # An add-on that starts before its permissions arrive runs into denials that it retries slowly.
  depends_on = [
    aws_iam_role_policy.inline,
    aws_iam_role_policy_attachment.managed,
  ]
}

output "name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}
