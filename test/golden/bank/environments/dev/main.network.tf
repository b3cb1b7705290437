module "network" {
  source = "../../modules/network"

  name       = local.name
  account_id = var.account_id
  partition  = local.partition
  region     = local.region
  cidr       = "10.40.0.0/16"
  egress     = local.egress

  zones = {
    euc1-az1 = {
      public_cidr  = "10.40.192.0/22"
      private_cidr = "10.40.0.0/18"
      intra_cidr   = "10.40.224.0/22"
    }
    euc1-az2 = {
      public_cidr  = "10.40.196.0/22"
      private_cidr = "10.40.64.0/18"
      intra_cidr   = "10.40.228.0/22"
    }
    euc1-az3 = {
      public_cidr  = "10.40.200.0/22"
      private_cidr = "10.40.128.0/18"
      intra_cidr   = "10.40.232.0/22"
    }
  }

  flow_log_kms_key_arn    = module.keys.logs_key_arn
  flow_log_retention_days = 365

  flow_log_permissions_boundary_arn = local.permissions_boundary_arn
}

module "endpoints" {
  source = "../../modules/endpoints"

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
    ec2               = "com.amazonaws.eu-central-1.ec2"
    ec2messages       = "com.amazonaws.eu-central-1.ec2messages"
    "ecr.api"         = "com.amazonaws.eu-central-1.ecr.api"
    "ecr.dkr"         = "com.amazonaws.eu-central-1.ecr.dkr"
    eks               = "com.amazonaws.eu-central-1.eks"
    eks-auth          = "com.amazonaws.eu-central-1.eks-auth"
    elasticfilesystem = "com.amazonaws.eu-central-1.elasticfilesystem"
    logs              = "com.amazonaws.eu-central-1.logs"
    ssm               = "com.amazonaws.eu-central-1.ssm"
    ssmmessages       = "com.amazonaws.eu-central-1.ssmmessages"
    sts               = "com.amazonaws.eu-central-1.sts"
  }

  s3_service           = "com.amazonaws.${local.region}.s3"
  public_image_buckets = local.public_image_buckets
}

locals {
  s3_prefix_list_id = module.endpoints.s3_prefix_list_id

  # registry.k8s.io sends callers from AWS to its bucket in their region, quay.io those in us-east-1 to its own.
  public_image_buckets = local.egress == "none" ? [] : ["prod-registry-k8s-io-${local.region}", "quayio-production-s3"]
}
