locals {
  name       = "acme-platform"
  region     = "us-east-1"
  partition  = "aws"
  dns_suffix = "amazonaws.com"

  tags = {
    Project   = local.name
    ManagedBy = "terraform"
    Root      = "bootstrap"
  }
}
