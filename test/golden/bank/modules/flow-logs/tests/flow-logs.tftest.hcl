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
  name           = "test"
  account_id     = "111122223333"
  partition      = "aws"
  region         = "eu-west-1"
  vpc_id         = "vpc-0123456789abcdef0"
  kms_key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
  retention_days = 365
}

run "records_everything_under_our_key" {
  command = plan

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL"
    error_message = "Rejected traffic alone does not show who got in."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.this.retention_in_days >= 365
    error_message = "The log group must be encrypted with the CMK and kept for a year."
  }
}

run "role_trusts_flow_logs_of_this_account_only" {
  command = plan

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_role.this.assume_role_policy).Statement :
      statement.Principal.Service == "vpc-flow-logs.amazonaws.com"
      && statement.Condition.StringEquals["aws:SourceAccount"] == var.account_id
      && statement.Condition.ArnLike["aws:SourceArn"] == "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*"
    ])
    error_message = "The trust must hold source account and source ARN."
  }
}

run "the_role_stays_within_its_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/acme-ci-boundary"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == var.permissions_boundary_arn
    error_message = "The role must have the boundary: the pipeline may not make it otherwise."
  }
}

run "less_than_a_year_is_refused" {
  command = plan

  variables {
    retention_days = 90
  }

  expect_failures = [var.retention_days]
}
