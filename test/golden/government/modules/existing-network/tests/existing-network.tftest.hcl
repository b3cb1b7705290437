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
  name                    = "test"
  account_id              = "111122223333"
  partition               = "aws"
  region                  = "eu-west-1"
  vpc_id                  = "vpc-0123456789abcdef0"
  cidr                    = "10.40.0.0/16"
  private_subnet_ids      = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  intra_subnet_ids        = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
  private_route_table_ids = ["rtb-0123456789abcdef0"]
  flow_log_kms_key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
}

run "passes_the_ids_on" {
  command = plan

  assert {
    condition     = output.vpc_id == var.vpc_id && output.private_subnet_ids == var.private_subnet_ids && output.intra_subnet_ids == var.intra_subnet_ids
    error_message = "The outputs must be those of a new network."
  }

  assert {
    condition     = output.flow_log_group_name == "/aws/vpc/test/flow-logs"
    error_message = "Flow logs must be recorded unless told otherwise."
  }
}

run "flow_log_of_the_owner" {
  command = plan

  variables {
    create_flow_log = false
  }

  assert {
    condition     = output.flow_log_group_name == null
    error_message = "No second flow log may be made."
  }
}

run "one_subnet_twice_is_refused" {
  command = plan

  variables {
    private_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef0"]
  }

  expect_failures = [var.private_subnet_ids]
}

run "names_instead_of_ids_are_refused" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}
