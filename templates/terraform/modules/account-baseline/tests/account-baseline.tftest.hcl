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
  name           = "acme"
  account_id     = "111122223333"
  partition      = "aws"
  key_admin_arns = ["arn:aws:iam::111122223333:role/platform-admin"]
}

run "defaults_of_the_region_are_strict" {
  command = plan

  assert {
    condition     = aws_ebs_encryption_by_default.this.enabled
    error_message = "New volumes must be encrypted whoever makes them."
  }

  assert {
    condition     = aws_ec2_instance_metadata_defaults.this.http_tokens == "required" && aws_ec2_instance_metadata_defaults.this.http_put_response_hop_limit == 1
    error_message = "IMDSv2 with a hop limit of 1 must be the default."
  }

  assert {
    condition     = aws_ebs_snapshot_block_public_access.this.state == "block-all-sharing"
    error_message = "Public snapshots must be blocked, existing ones included."
  }
}

run "service_linked_roles_of_a_fresh_account" {
  command = plan

  assert {
    condition     = toset(keys(aws_iam_service_linked_role.this)) == toset(["autoscaling.amazonaws.com", "eks-nodegroup.amazonaws.com", "eks.amazonaws.com", "spot.amazonaws.com"])
    error_message = "A fresh account needs all four."
  }
}

run "service_linked_roles_that_exist_are_left_alone" {
  command = plan

  variables {
    existing_service_linked_roles = ["autoscaling.amazonaws.com", "eks.amazonaws.com"]
  }

  assert {
    condition     = toset(keys(aws_iam_service_linked_role.this)) == toset(["eks-nodegroup.amazonaws.com", "spot.amazonaws.com"])
    error_message = "AWS refuses to create a service-linked role twice."
  }
}

run "alerts_are_encrypted_and_eventbridge_can_send_them" {
  command = plan

  # What is known before the apply: the key's policy, not the topic's, which holds the topic's ARN.
  assert {
    condition     = aws_kms_key.alerts.enable_key_rotation && aws_kms_key.alerts.deletion_window_in_days == 30
    error_message = "The key must rotate, and its deletion take 30 days."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.alerts.policy).Statement :
      try(statement.Principal.Service, "") == "events.amazonaws.com"
      && length(setsubtract(["kms:Decrypt", "kms:GenerateDataKey*"], flatten([statement.Action]))) == 0
    ])
    error_message = "Without these two permissions EventBridge drops the message, silently."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.alerts.policy).Statement :
      try(statement.Principal.Service, "") == "events.amazonaws.com"
      if length(setintersection(flatten([statement.Action]), ["kms:*", "kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"])) > 0
    ])
    error_message = "Nobody but EventBridge uses the key directly."
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0
    error_message = "Without an address there is nobody to write to."
  }
}

run "alerts_reach_the_address" {
  command = plan

  variables {
    alert_email = "security@acme.example"
  }

  assert {
    condition     = one(aws_sns_topic_subscription.email).protocol == "email" && one(aws_sns_topic_subscription.email).endpoint == "security@acme.example"
    error_message = "The address must be subscribed."
  }
}

run "an_unknown_service_is_refused" {
  command = plan

  variables {
    existing_service_linked_roles = ["autoscaling"]
  }

  expect_failures = [var.existing_service_linked_roles]
}

run "nobody_to_administer_the_key_is_refused" {
  command = plan

  variables {
    key_admin_arns = []
  }

  expect_failures = [var.key_admin_arns]
}
