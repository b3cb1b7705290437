output "plan_role_arn" {
  description = "Role with which the pipeline plans."
  value       = module.ci.plan_role_arn
}

output "apply_role_arn" {
  description = "Role with which the pipeline applies, from a protected environment only."
  value       = module.ci.apply_role_arn
}
