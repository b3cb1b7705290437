locals {
  name      = "acme-platform"
  region    = "eu-central-1"
  partition = "aws"

  tags = {
    Project   = local.name
    Account   = "stage"
    ManagedBy = "terraform"
  }
}
