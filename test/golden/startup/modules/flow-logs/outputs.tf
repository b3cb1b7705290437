output "log_group_name" {
  description = "Log group with the flow records."
  value       = aws_cloudwatch_log_group.this.name
}

output "flow_log_id" {
  description = "Id of the flow log."
  value       = aws_flow_log.this.id
}
