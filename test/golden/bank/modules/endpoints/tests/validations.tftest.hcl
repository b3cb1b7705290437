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
  name            = "test"
  account_id      = "111122223333"
  partition       = "aws"
  region          = "eu-west-1"
  vpc_id          = "vpc-0123456789abcdef0"
  vpc_cidr        = "10.40.0.0/16"
  subnet_ids      = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  route_table_ids = ["rtb-0123456789abcdef0"]
  s3_service      = "com.amazonaws.eu-west-1.s3"

  interface_services = {
    "ecr.api" = "com.amazonaws.eu-west-1.ecr.api"
    eks       = "com.amazonaws.eu-west-1.eks"
    sts       = "com.amazonaws.eu-west-1.sts"
  }
}

run "hyphens_in_an_account_a_wide_range_and_another_service_are_refused" {
  command = plan

  variables {
    account_id = "1111-2222-3333"
    vpc_cidr   = "10.40.0.0/15"
    s3_service = "com.amazonaws.eu-west-1.s3express"
  }

  expect_failures = [var.account_id, var.vpc_cidr, var.s3_service]
}

run "an_ipv6_range_is_refused" {
  command = plan

  variables {
    vpc_cidr = "fd00:ec2::/64"
  }

  expect_failures = [var.vpc_cidr]
}
