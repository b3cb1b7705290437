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

  repository = "acme/infrastructure/platform"
}

run "backends_find_bucket_and_key" {
  command = plan

  assert {
    condition     = output.state_bucket == "${local.name}-tfstate-111122223333-${local.region}" && output.state_key_alias == "alias/${local.name}-tfstate"
    error_message = "The backends of this repository name this bucket and this key."
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

run "a_subject_takes_no_wildcards" {
  command = plan

  variables {
    repository     = "acme/*"
    default_branch = "*"
    gitlab_url     = "https://*"
  }

  expect_failures = [var.repository, var.default_branch, var.gitlab_url]
}
