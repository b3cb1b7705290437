locals {
  name      = "acme-platform"
  region    = "us-gov-west-1"
  partition = "aws-us-gov"

  tags = {
    Project   = local.name
    Account   = "prod"
    ManagedBy = "opentofu"
  }
}
