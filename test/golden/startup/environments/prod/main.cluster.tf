#trivy:ignore:AVD-AWS-0040 The endpoint answers the ranges of public_access_cidrs only; the VPC reaches it privately.
#trivy:ignore:AVD-AWS-0041 The rule takes any public range for the whole internet; the module takes none wider than /8.
module "cluster" {
  source = "../../modules/cluster"

  name               = local.name
  partition          = local.partition
  kubernetes_version = local.kubernetes_version
  support_type       = "STANDARD"

  vpc_id                   = module.network.vpc_id
  vpc_cidr                 = module.network.cidr
  control_plane_subnet_ids = module.network.intra_subnet_ids
  service_cidr             = "172.20.0.0/16"
  internet_egress          = local.egress != "none"
  s3_prefix_list_id        = local.s3_prefix_list_id

  # The API server answers on the internet, to these ranges only.
  public_access_cidrs = ["203.0.113.0/24"]

  secrets_key_arn    = module.keys.secrets_key_arn
  logs_key_arn       = module.keys.logs_key_arn
  log_retention_days = 365

  admin_role_arns = var.admin_role_arns

  webhook_ports = [5443, 8443, 9443]
}
