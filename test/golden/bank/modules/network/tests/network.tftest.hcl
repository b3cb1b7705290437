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

run "nat_in_every_zone" {
  command = plan

  assert {
    condition     = keys(aws_nat_gateway.this) == ["euw1-az1", "euw1-az2"] && local.nat_zone_of == { euw1-az1 = "euw1-az1", euw1-az2 = "euw1-az2" }
    error_message = "Every zone must leave through its own gateway."
  }

  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private), values(aws_subnet.intra)) : !subnet.map_public_ip_on_launch])
    error_message = "No subnet may hand out public addresses."
  }

  assert {
    condition     = alltrue([for id, subnet in aws_subnet.private : subnet.availability_zone_id == id])
    error_message = "Subnets must be placed by zone id."
  }
}

run "one_shared_gateway" {
  command = plan

  variables {
    egress = "nat"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["euw1-az1"] && alltrue([for zone in values(local.nat_zone_of) : zone == "euw1-az1"])
    error_message = "One gateway must serve both zones."
  }
}

run "no_way_out" {
  command = plan

  variables {
    egress = "none"
    zones = {
      euw1-az1 = { private_cidr = "10.40.0.0/18", intra_cidr = "10.40.224.0/22" }
      euw1-az2 = { private_cidr = "10.40.64.0/18", intra_cidr = "10.40.228.0/22" }
    }
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 0 && length(aws_nat_gateway.this) == 0 && length(aws_route.private_nat) == 0 && length(aws_subnet.public) == 0
    error_message = "Without egress there must be no gateway, no public subnet and no default route."
  }
}

run "default_security_group_is_closed" {
  command = plan

  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "The default security group must have no rules."
  }
}

run "one_zone_is_refused" {
  command = plan

  variables {
    zones = {
      euw1-az1 = { public_cidr = "10.40.192.0/22", private_cidr = "10.40.0.0/18", intra_cidr = "10.40.224.0/22" }
    }
  }

  expect_failures = [var.zones]
}

run "zone_letters_are_refused" {
  command = plan

  variables {
    zones = {
      eu-west-1a = { public_cidr = "10.40.192.0/22", private_cidr = "10.40.0.0/18", intra_cidr = "10.40.224.0/22" }
      eu-west-1b = { public_cidr = "10.40.196.0/22", private_cidr = "10.40.64.0/18", intra_cidr = "10.40.228.0/22" }
    }
  }

  expect_failures = [var.zones]
}
