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
  name             = "test-vpc-cni"
  account_id       = "111122223333"
  partition        = "aws"
  cluster_name     = "test"
  namespace        = "kube-system"
  service_account  = "aws-node"
  managed_policies = ["AmazonEKS_CNI_Policy"]
}

run "a_name_of_65_letters_hyphens_in_an_account_and_any_service_account_are_refused" {
  command = plan

  variables {
    name            = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    account_id      = "1111-2222-3333"
    service_account = "*"
  }

  expect_failures = [var.name, var.account_id, var.service_account]
}

run "a_name_of_64_letters_is_accepted" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  assert {
    condition     = aws_iam_role.this.name == var.name
    error_message = "The role must carry the name."
  }
}
