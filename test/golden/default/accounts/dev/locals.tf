locals {
  name      = "acme-platform"
  region    = "us-east-1"
  partition = "aws"

  tags = {
    Project   = local.name
    Account   = "dev"
    ManagedBy = "terraform"
  }
}
