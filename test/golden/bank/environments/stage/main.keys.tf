module "keys" {
  source = "../../modules/keys"

  name           = local.name
  account_id     = var.account_id
  partition      = local.partition
  region         = local.region
  dns_suffix     = local.dns_suffix
  key_admin_arns = local.key_admin_role_arns

  cluster_role_arn = "${local.role_arn_prefix}-cluster"

  volume_role_arns = [
    "${local.role_arn_prefix}-ebs-csi",
  ]

  # The control plane's logs and the flow logs, whatever comes under these two names later included.
  log_group_arn_patterns = [
    "arn:${local.partition}:logs:${local.region}:${var.account_id}:log-group:/aws/eks/${local.name}/*",
    "arn:${local.partition}:logs:${local.region}:${var.account_id}:log-group:/aws/vpc/${local.name}/*",
  ]
}
