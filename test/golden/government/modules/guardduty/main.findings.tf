# Findings of this account arrive on its bus whoever owns the detector.
resource "aws_cloudwatch_event_rule" "findings" {
  name        = "${var.name}-guardduty-findings"
  description = "GuardDuty findings of severity ${var.alert_minimum_severity} and above"

  event_pattern = jsonencode({
    source      = ["aws.guardduty"]
    detail-type = ["GuardDuty Finding"]
    detail = {
      severity = [{ numeric = [">=", var.alert_minimum_severity] }]
    }
  })
}

resource "aws_cloudwatch_event_target" "findings" {
  rule      = aws_cloudwatch_event_rule.findings.name
  target_id = "security-alerts"
  arn       = var.alert_topic_arn

  # The description stays out: it may hold quotes, which would make the message invalid and lose it.
  input_transformer {
    input_paths = {
      account  = "$.account"
      finding  = "$.detail.id"
      region   = "$.region"
      severity = "$.detail.severity"
      type     = "$.detail.type"
    }

    input_template = "\"GuardDuty, severity <severity>: <type> in account <account>, <region>. Finding <finding>.\""
  }
}
