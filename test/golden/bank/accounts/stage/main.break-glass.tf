module "break_glass" {
  source = "../../modules/break-glass"

  name       = local.name
  account_id = var.account_id
  partition  = local.partition
  region     = local.region
  user_arns  = var.break_glass_user_arns

  alert_topic_arn = module.baseline.alert_topic_arn
}
