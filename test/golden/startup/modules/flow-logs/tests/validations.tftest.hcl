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
  name           = "test"
  account_id     = "111122223333"
  partition      = "aws"
  region         = "eu-west-1"
  vpc_id         = "vpc-0123456789abcdef0"
  kms_key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
  retention_days = 365
}

run "hyphens_in_an_account_and_a_period_that_is_not_offered_are_refused" {
  command = plan

  variables {
    account_id     = "1111-2222-3333"
    retention_days = 366
  }

  expect_failures = [var.account_id, var.retention_days]
}
