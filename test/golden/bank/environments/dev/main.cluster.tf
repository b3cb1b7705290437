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

  secrets_key_arn    = module.keys.secrets_key_arn
  logs_key_arn       = module.keys.logs_key_arn
  log_retention_days = 365

  admin_role_arns = var.admin_role_arns

  permissions_boundary_arn = local.permissions_boundary_arn

  node_egress_rules = {
    efs = {
      description = "NFS to EFS mount targets"
      cidr        = module.network.cidr
      protocol    = "tcp"
      from_port   = 2049
      to_port     = 2049
    }
  }
}
