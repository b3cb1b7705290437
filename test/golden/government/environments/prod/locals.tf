locals {
  name       = "acme-platform-prod"
  region     = "us-gov-west-1"
  partition  = "aws-us-gov"
  dns_suffix = "amazonaws.com"

  kubernetes_version = "1.35"

  # Way out of the private subnets: nat-per-az, nat or none.
  egress = "none"

  tags = {
    Project     = "acme-platform"
    Environment = "prod"
    Repository  = "agency/platform/eks"
  }

  key_admin_role_arns = var.key_admin_role_arns == null ? var.admin_role_arns : var.key_admin_role_arns

  # Key policies name roles that are made after the keys, so their ARNs are built, not read.
  role_arn_prefix = "arn:${local.partition}:iam::${var.account_id}:role/${local.name}"

  # Made by bootstrap/. The pipeline may not make a role without it.
  permissions_boundary_arn = "arn:${local.partition}:iam::${var.account_id}:policy/acme-platform-ci-boundary"
}
