module "state" {
  source = "../modules/state-backend"

  name           = local.name
  account_id     = var.account_id
  partition      = local.partition
  region         = local.region
  dns_suffix     = local.dns_suffix
  key_admin_arns = var.key_admin_role_arns

  access_log_bucket = var.access_log_bucket
}
