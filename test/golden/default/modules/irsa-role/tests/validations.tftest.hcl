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
  name              = "test-vpc-cni"
  partition         = "aws"
  oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
  oidc_issuer       = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
  namespace         = "kube-system"
  service_account   = "aws-node"
  managed_policies  = ["AmazonEKS_CNI_Policy"]
}

run "a_name_of_65_letters_a_url_as_issuer_and_any_namespace_are_refused" {
  command = plan

  variables {
    name        = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    oidc_issuer = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
    namespace   = "*"
  }

  expect_failures = [var.name, var.oidc_issuer, var.namespace]
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
