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
  detector        = "create"
  alert_topic_arn = "arn:aws:sns:eu-west-1:111122223333:acme-security-alerts"
}

run "creates_the_detector_with_audit_logs_and_runtime_monitoring" {
  command = plan

  assert {
    condition     = one(aws_guardduty_detector.this).enable && one(aws_guardduty_detector.this).finding_publishing_frequency == "FIFTEEN_MINUTES"
    error_message = "The detector must be on, and publish as fast as it can."
  }

  assert {
    condition     = one(aws_guardduty_detector_feature.eks_audit_logs).name == "EKS_AUDIT_LOGS" && one(aws_guardduty_detector_feature.eks_audit_logs).status == "ENABLED"
    error_message = "EKS audit logs must be watched."
  }

  assert {
    condition     = one(aws_guardduty_detector_feature.runtime_monitoring).name == "RUNTIME_MONITORING" && one(aws_guardduty_detector_feature.runtime_monitoring).status == "ENABLED"
    error_message = "RUNTIME_MONITORING must be on; EKS_RUNTIME_MONITORING excludes it."
  }

  assert {
    condition = { for agent in one(aws_guardduty_detector_feature.runtime_monitoring).additional_configuration : agent.name => agent.status } == {
      EC2_AGENT_MANAGEMENT         = "DISABLED"
      ECS_FARGATE_AGENT_MANAGEMENT = "DISABLED"
      EKS_ADDON_MANAGEMENT         = "ENABLED"
    }
    error_message = "GuardDuty must manage the EKS add-on, and be told about the other two agents."
  }

  assert {
    condition     = one(aws_guardduty_detector_feature.ebs_malware_protection).status == "ENABLED"
    error_message = "Malware protection must be on unless it was declined."
  }
}

run "findings_reach_the_topic" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.findings.event_pattern).source == ["aws.guardduty"] && jsondecode(aws_cloudwatch_event_rule.findings.event_pattern).detail.severity[0].numeric[1] == 4
    error_message = "Findings from medium severity on must be sent."
  }

  assert {
    condition     = aws_cloudwatch_event_target.findings.arn == var.alert_topic_arn
    error_message = "Findings must go to the topic of the alerts."
  }
}

run "malware_protection_can_be_declined" {
  command = plan

  variables {
    ebs_malware_protection = false
  }

  assert {
    condition     = one(aws_guardduty_detector_feature.ebs_malware_protection).status == "DISABLED"
    error_message = "A new detector has it on, so off must be said."
  }
}

run "an_existing_detector_gets_the_features" {
  command = plan

  variables {
    detector    = "existing"
    detector_id = "0123456789abcdef0123456789abcdef"
  }

  assert {
    condition     = length(aws_guardduty_detector.this) == 0 && one(aws_guardduty_detector_feature.runtime_monitoring).detector_id == "0123456789abcdef0123456789abcdef"
    error_message = "The features must be set on the detector that exists."
  }
}

run "a_delegated_administrator_is_left_alone" {
  command = plan

  variables {
    detector = "delegated"
  }

  assert {
    condition     = length(aws_guardduty_detector.this) + length(aws_guardduty_detector_feature.eks_audit_logs) + length(aws_guardduty_detector_feature.runtime_monitoring) + length(aws_guardduty_detector_feature.ebs_malware_protection) == 0
    error_message = "A member account cannot set any of it."
  }

  assert {
    condition     = aws_cloudwatch_event_target.findings.arn == var.alert_topic_arn
    error_message = "Findings must be sent all the same."
  }
}

run "no_runtime_monitoring_where_it_is_not_offered" {
  command = plan

  variables {
    runtime_monitoring = false
  }

  assert {
    condition     = length(aws_guardduty_detector_feature.runtime_monitoring) == 0 && length(aws_guardduty_detector_feature.eks_audit_logs) == 1
    error_message = "Audit logs must stay watched."
  }
}

run "an_existing_detector_needs_its_id" {
  command = plan

  variables {
    detector = "existing"
  }

  expect_failures = [var.detector_id]
}

run "an_unknown_owner_is_refused" {
  command = plan

  variables {
    detector = "none"
  }

  expect_failures = [var.detector]
}
