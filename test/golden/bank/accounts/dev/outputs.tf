output "alert_topic_arn" {
  description = "Topic of the security alerts, for further subscribers."
  value       = module.baseline.alert_topic_arn
}

output "break_glass_role_arn" {
  description = "Role for emergencies; null while break_glass_user_arns is empty."
  value       = module.break_glass.role_arn
}
