# No credentials and no network: the real provider plans with dummy keys.
provider "aws" {
  region                      = "us-gov-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  account_id          = "111122223333"
  key_admin_role_arns = ["arn:aws-us-gov:iam::111122223333:role/platform-admin"]
  alert_email         = "platform@example.com"
}

run "nobody_breaks_the_glass_unless_named" {
  command = plan

  assert {
    condition     = output.break_glass_role_arn == null
    error_message = "Without users there is no break-glass role."
  }
}

run "an_account_id_has_12_digits" {
  command = plan

  variables {
    account_id = "1111-2222-3333"
  }

  expect_failures = [var.account_id]
}

run "somebody_administers_the_key" {
  command = plan

  variables {
    key_admin_role_arns = []
  }

  expect_failures = [var.key_admin_role_arns]
}
