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
  region         = "eu-west-1"
  dns_suffix     = "amazonaws.com"
  key_admin_arns = ["arn:aws:iam::111122223333:role/platform-admin"]
}

run "capitals_and_hyphens_in_an_account_are_refused" {
  command = plan

  variables {
    name       = "Acme"
    account_id = "1111-2222-3333"
  }

  expect_failures = [var.name, var.account_id]
}

run "a_name_of_2_letters_and_a_wildcard_as_administrator_are_refused" {
  command = plan

  variables {
    name           = "ab"
    key_admin_arns = ["arn:aws:iam::111122223333:role/*"]
  }

  expect_failures = [var.name, var.key_admin_arns]
}

run "a_bucket_of_63_letters_is_accepted" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  assert {
    condition     = length(aws_s3_bucket.state.bucket) == 63
    error_message = "The bucket must carry the whole name."
  }
}
