locals {
  name       = "acme-platform"
  region     = "us-gov-west-1"
  partition  = "aws-us-gov"
  dns_suffix = "amazonaws.com"

  tags = {
    Project   = local.name
    ManagedBy = "opentofu"
    Root      = "bootstrap"
  }
}
