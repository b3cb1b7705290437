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

run "a_wide_range_and_names_of_subnets_and_route_tables_are_refused" {
  command = plan

  variables {
    cidr                    = "10.40.0.0/15"
    private_subnet_ids      = ["private-a", "private-b"]
    intra_subnet_ids        = ["intra-a", "intra-b"]
    private_route_table_ids = ["main"]
  }

  expect_failures = [var.cidr, var.private_subnet_ids, var.intra_subnet_ids, var.private_route_table_ids]
}

run "one_intra_subnet_twice_and_no_route_table_are_refused" {
  command = plan

  variables {
    intra_subnet_ids        = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef2"]
    private_route_table_ids = []
  }

  expect_failures = [var.intra_subnet_ids, var.private_route_table_ids]
}
