module "network" {
  source = "../../modules/existing-network"

  name       = local.name
  account_id = var.account_id
  partition  = local.partition
  region     = local.region
  vpc_id     = var.vpc_id
  cidr       = "10.80.0.0/16"

  private_subnet_ids      = var.private_subnet_ids
  intra_subnet_ids        = var.intra_subnet_ids
  private_route_table_ids = var.private_route_table_ids

  create_flow_log         = var.create_flow_log
  flow_log_kms_key_arn    = module.keys.logs_key_arn
  flow_log_retention_days = 731

  flow_log_permissions_boundary_arn = local.permissions_boundary_arn
}

module "endpoints" {
  source = "../../modules/endpoints"
  count  = var.create_endpoints ? 1 : 0

  name            = local.name
  account_id      = var.account_id
  partition       = local.partition
  region          = local.region
  vpc_id          = module.network.vpc_id
  vpc_cidr        = module.network.cidr
  subnet_ids      = module.network.private_subnet_ids
  route_table_ids = module.network.private_route_table_ids

  # What nodes, add-ons and sessions call; without its endpoint each of them needs the internet.
  interface_services = {
    ec2         = "com.amazonaws.us-gov-west-1.ec2"
    ec2messages = "com.amazonaws.us-gov-west-1.ec2messages"
    "ecr.api"   = "com.amazonaws.us-gov-west-1.ecr.api"
    "ecr.dkr"   = "com.amazonaws.us-gov-west-1.ecr.dkr"
    eks         = "com.amazonaws.us-gov-west-1.eks"
    logs        = "com.amazonaws.us-gov-west-1.logs"
    ssm         = "com.amazonaws.us-gov-west-1.ssm"
    ssmmessages = "com.amazonaws.us-gov-west-1.ssmmessages"
    sts         = "com.amazonaws.us-gov-west-1.sts"
  }

  s3_service           = "com.amazonaws.${local.region}.s3"
  public_image_buckets = local.public_image_buckets
}

locals {
  s3_prefix_list_id = var.create_endpoints ? one(module.endpoints[*].s3_prefix_list_id) : var.s3_prefix_list_id

  # registry.k8s.io sends callers from AWS to its bucket in their region, quay.io those in us-east-1 to its own.
  public_image_buckets = local.egress == "none" ? [] : ["prod-registry-k8s-io-${local.region}", "quayio-production-s3"]
}
