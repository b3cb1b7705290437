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
  name                 = "test"
  account_id           = "111122223333"
  partition            = "aws"
  region               = "eu-west-1"
  cidr                 = "10.40.0.0/16"
  egress               = "nat-per-az"
  flow_log_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"

  zones = {
    euw1-az1 = { public_cidr = "10.40.192.0/22", private_cidr = "10.40.0.0/18", intra_cidr = "10.40.224.0/22" }
    euw1-az2 = { public_cidr = "10.40.196.0/22", private_cidr = "10.40.64.0/18", intra_cidr = "10.40.228.0/22" }
  }
}

run "host_bits_in_the_range_and_an_unknown_way_out_are_refused" {
  command = plan

  variables {
    cidr   = "10.40.0.1/16"
    egress = "vpn"
  }

  expect_failures = [var.cidr, var.egress]
}

run "an_ipv6_range_and_a_nat_gateway_without_a_public_subnet_are_refused" {
  command = plan

  variables {
    cidr = "fd00:ec2::/56"
    zones = {
      euw1-az1 = { public_cidr = "10.40.192.0/22", private_cidr = "10.40.0.0/18", intra_cidr = "10.40.224.0/22" }
      euw1-az2 = { private_cidr = "10.40.64.0/18", intra_cidr = "10.40.228.0/22" }
    }
  }

  expect_failures = [var.cidr, var.zones]
}

run "a_public_subnet_without_a_way_out_is_refused" {
  command = plan

  variables {
    egress = "none"
  }

  expect_failures = [var.zones]
}
