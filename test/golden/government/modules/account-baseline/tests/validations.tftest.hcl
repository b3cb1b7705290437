# No credentials and no network: the real provider plans with dummy keys.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  name           = "acme"
  account_id     = "111122223333"
  partition      = "aws"
  key_admin_arns = ["arn:aws:iam::111122223333:role/platform-admin"]
}

run "hyphens_in_an_account_and_a_user_as_administrator_are_refused" {
  command = plan

  variables {
    account_id     = "1111-2222-3333"
    key_admin_arns = ["arn:aws:iam::111122223333:user/somebody"]
  }

  expect_failures = [var.account_id, var.key_admin_arns]
}

run "a_wildcard_as_administrator_is_refused" {
  command = plan

  variables {
    key_admin_arns = ["arn:aws:iam::111122223333:role/*"]
  }

  expect_failures = [var.key_admin_arns]
}
