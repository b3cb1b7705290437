output "secrets_key_arn" {
  description = "CMK of the Kubernetes API data."
  value       = aws_kms_key.secrets.arn
}

output "volumes_key_arn" {
  description = "CMK of node and persistent volumes."
  value       = aws_kms_key.volumes.arn
}

output "logs_key_arn" {
  description = "CMK of the log groups."
  value       = aws_kms_key.logs.arn
}
