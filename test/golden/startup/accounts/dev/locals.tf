locals {
  name      = "acme-platform"
  region    = "us-west-2"
  partition = "aws"

  tags = {
    Project   = local.name
    Account   = "dev"
    ManagedBy = "terraform"
  }
}
