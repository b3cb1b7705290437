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
  name             = "test"
  account_id       = "111122223333"
  partition        = "aws"
  region           = "eu-west-1"
  dns_suffix       = "amazonaws.com"
  key_admin_arns   = ["arn:aws:iam::111122223333:role/key-admin"]
  cluster_role_arn = "arn:aws:iam::111122223333:role/test-cluster"
  volume_role_arns = ["arn:aws:iam::111122223333:role/test-ebs-csi"]

  log_group_arn_patterns = ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/eks/test/*"]
}

run "hyphens_in_an_account_a_user_in_charge_and_no_log_group_are_refused" {
  command = plan

  variables {
    account_id             = "1111-2222-3333"
    key_admin_arns         = ["arn:aws:iam::111122223333:user/somebody"]
    log_group_arn_patterns = []
  }

  expect_failures = [var.account_id, var.key_admin_arns, var.log_group_arn_patterns]
}

run "a_wildcard_in_charge_and_all_log_groups_are_refused" {
  command = plan

  variables {
    key_admin_arns         = ["arn:aws:iam::111122223333:role/*"]
    log_group_arn_patterns = ["arn:aws:logs:eu-west-1:111122223333:log-group:/*"]
  }

  expect_failures = [var.key_admin_arns, var.log_group_arn_patterns]
}
