provider "aws" {
  region = local.region

  # Credentials of another account end here, before anything is planned.
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = local.tags
  }
}
