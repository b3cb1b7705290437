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
  name            = "acme"
  account_id      = "111122223333"
  partition       = "aws"
  region          = "eu-west-1"
  user_arns       = ["arn:aws:iam::111122223333:user/break-glass-1", "arn:aws:iam::111122223333:user/break-glass-2"]
  alert_topic_arn = "arn:aws:sns:eu-west-1:111122223333:acme-security-alerts"
}

run "only_named_users_with_fresh_mfa_in_this_region" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(one(aws_iam_role.this).assume_role_policy).Statement :
      statement.Action == "sts:AssumeRole"
      && toset(statement.Principal.AWS) == toset(var.user_arns)
      && statement.Condition.Bool["aws:MultiFactorAuthPresent"] == "true"
      && statement.Condition.NumericLessThan["aws:MultiFactorAuthAge"] == "3600"
      && statement.Condition.StringEquals["aws:RequestedRegion"] == "eu-west-1"
    ])
    error_message = "The trust must hold users, MFA, its age and the region."
  }

  assert {
    condition     = one(aws_iam_role.this).max_session_duration == 3600
    error_message = "A session must end after an hour."
  }
}

run "the_role_is_no_administrator" {
  command = plan

  assert {
    condition = !anytrue([
      for action in flatten([for statement in jsondecode(one(aws_iam_role_policy.this).policy).Statement : statement.Action]) :
      strcontains(action, "*") || can(regex("^(iam|kms|s3|sts):", action))
    ])
    error_message = "No wildcard actions, and nothing of IAM, KMS, S3 or STS."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(one(aws_iam_role_policy.this).policy).Statement :
      alltrue([for resource in flatten([statement.Resource]) : can(regex(":(access-entry|cluster)/acme-\\*$", resource))])
      if contains(flatten([statement.Action]), "eks:CreateAccessEntry")
    ])
    error_message = "Access can be given to the project's clusters only."
  }
}

run "every_use_is_seen" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_rule.assumed.state == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    error_message = "AssumeRole is a read-only event: a rule that is merely enabled does not see it."
  }

  assert {
    condition = (
      jsondecode(aws_cloudwatch_event_rule.assumed.event_pattern).detail.eventName == ["AssumeRole"]
      && jsondecode(aws_cloudwatch_event_rule.assumed.event_pattern).detail.requestParameters.roleArn == ["arn:aws:iam::111122223333:role/acme-break-glass"]
    )
    error_message = "The alarm must be about this role."
  }

  assert {
    condition     = length(setsubtract(["AssociateAccessPolicy", "CreateAccessEntry", "UpdateAccessEntry"], jsondecode(aws_cloudwatch_event_rule.cluster_access.event_pattern).detail.eventName)) == 0
    error_message = "Whoever gives himself access to a cluster must be seen."
  }

  assert {
    condition     = aws_cloudwatch_event_target.assumed.arn == var.alert_topic_arn && aws_cloudwatch_event_target.cluster_access.arn == var.alert_topic_arn
    error_message = "Both alarms must go to the topic."
  }
}

run "nobody_named_means_no_role_but_the_alarms" {
  command = plan

  variables {
    user_arns = []
  }

  assert {
    condition     = length(aws_iam_role.this) == 0 && aws_cloudwatch_event_rule.cluster_access.name == "acme-cluster-access-changed"
    error_message = "Without users there is no role; the alarms stay."
  }
}

run "a_role_as_user_is_refused" {
  command = plan

  variables {
    user_arns = ["arn:aws:iam::111122223333:role/platform-admin"]
  }

  expect_failures = [var.user_arns]
}
