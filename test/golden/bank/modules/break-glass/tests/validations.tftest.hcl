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
  name            = "acme"
  account_id      = "111122223333"
  partition       = "aws"
  region          = "eu-west-1"
  user_arns       = ["arn:aws:iam::111122223333:user/break-glass-1", "arn:aws:iam::111122223333:user/break-glass-2"]
  alert_topic_arn = "arn:aws:sns:eu-west-1:111122223333:acme-security-alerts"
}

run "hyphens_in_an_account_and_any_user_are_refused" {
  command = plan

  variables {
    account_id = "1111-2222-3333"
    user_arns  = ["arn:aws:iam::111122223333:user/*"]
  }

  expect_failures = [var.account_id, var.user_arns]
}
