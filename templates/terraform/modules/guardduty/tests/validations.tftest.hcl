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

run "an_id_for_a_new_detector_and_no_severity_are_refused" {
  command = plan

  variables {
    detector_id            = "0123456789abcdef0123456789abcdef"
    alert_minimum_severity = 0
  }

  expect_failures = [var.detector_id, var.alert_minimum_severity]
}

run "an_arn_as_id_and_a_severity_above_9_are_refused" {
  command = plan

  variables {
    detector               = "existing"
    detector_id            = "arn:aws:guardduty:eu-west-1:111122223333:detector/0123456789abcdef0123456789abcdef"
    alert_minimum_severity = 9.1
  }

  expect_failures = [var.detector_id, var.alert_minimum_severity]
}

run "severity_9_is_accepted" {
  command = plan

  variables {
    alert_minimum_severity = 9
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.findings.event_pattern).detail.severity[0].numeric[1] == 9
    error_message = "Critical findings alone are sent."
  }
}
