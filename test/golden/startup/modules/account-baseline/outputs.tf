output "alert_topic_arn" {
  description = "Topic of the security alerts."
  value       = aws_sns_topic.alerts.arn

  # An event that comes before the policy would be lost.
  depends_on = [aws_sns_topic_policy.alerts]
}

output "alert_key_arn" {
  description = "CMK of the alerts."
  value       = aws_kms_key.alerts.arn
}
