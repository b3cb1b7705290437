module "guardduty" {
  source = "../../modules/guardduty"

  name     = local.name
  detector = "create"

  ebs_malware_protection = true

  alert_topic_arn = module.baseline.alert_topic_arn
}
