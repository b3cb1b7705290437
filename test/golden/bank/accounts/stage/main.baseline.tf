module "baseline" {
  source = "../../modules/account-baseline"

  name           = local.name
  account_id     = var.account_id
  partition      = local.partition
  key_admin_arns = var.key_admin_role_arns

  alert_email                   = var.alert_email
  existing_service_linked_roles = var.existing_service_linked_roles
}
