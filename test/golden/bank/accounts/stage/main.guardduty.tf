# An administrator of the organisation owns detector and features: a member account cannot change them, and trying to
# would fail every apply. Ask there for EKS_AUDIT_LOGS and for RUNTIME_MONITORING with EKS_ADDON_MANAGEMENT. What
# remains here is that findings about this account reach its own people too.
module "guardduty" {
  source = "../../modules/guardduty"

  name     = local.name
  detector = "delegated"

  alert_topic_arn = module.baseline.alert_topic_arn
}
