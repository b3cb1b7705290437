module "flow_logs" {
  source = "../flow-logs"
  count  = var.create_flow_log ? 1 : 0

  name           = var.name
  account_id     = var.account_id
  partition      = var.partition
  region         = var.region
  vpc_id         = var.vpc_id
  kms_key_arn    = var.flow_log_kms_key_arn
  retention_days = var.flow_log_retention_days

  permissions_boundary_arn = var.flow_log_permissions_boundary_arn
}
