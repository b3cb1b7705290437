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
  name             = "acme"
  account_id       = "111122223333"
  partition        = "aws"
  region           = "eu-west-1"
  dns_suffix       = "amazonaws.com"
  issuer_url       = "https://token.actions.githubusercontent.com"
  audience         = "sts.amazonaws.com"
  plan_subjects    = ["repo:acme@1/platform@2:ref:refs/heads/main"]
  apply_subjects   = ["repo:acme@1/platform@2:environment:prod"]
  state_bucket_arn = "arn:aws:s3:::acme-tfstate-111122223333-eu-west-1"
  state_key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
}

run "capitals_hyphens_in_an_account_and_a_slash_behind_the_issuer_are_refused" {
  command = plan

  variables {
    name       = "Acme"
    account_id = "1111-2222-3333"
    issuer_url = "https://gitlab.com/"
  }

  expect_failures = [var.name, var.account_id, var.issuer_url]
}

run "nobody_who_plans_or_applies_and_any_policy_are_refused" {
  command = plan

  variables {
    plan_subjects       = []
    apply_subjects      = []
    attachable_policies = ["service-role/*"]
  }

  expect_failures = [var.plan_subjects, var.apply_subjects, var.attachable_policies]
}

run "a_name_of_41_letters_and_plain_http_are_refused" {
  command = plan

  variables {
    name       = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    issuer_url = "http://gitlab.com"
  }

  expect_failures = [var.name, var.issuer_url]
}

run "a_name_of_40_letters_is_accepted" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  assert {
    condition     = aws_iam_role.ci["apply"].name == "${var.name}-ci-apply"
    error_message = "The role must carry the name."
  }
}
