# CloudTrail hands these events to EventBridge only where a trail records management events: the account's own or the
# organisation's. Try the alarm once after the first apply; the runbook says how.

locals {
  role_arn = "arn:${var.partition}:iam::${var.account_id}:role/${var.name}-break-glass"
}

resource "aws_cloudwatch_event_rule" "assumed" {
  name        = "${var.name}-break-glass-assumed"
  description = "Somebody assumed, or tried to assume, ${local.role_arn}"

  # CloudTrail marks AssumeRole as read-only, and a rule that is merely ENABLED does not see such events.
  state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

  event_pattern = jsonencode({
    source = ["aws.sts"]
    detail = {
      eventSource       = ["sts.amazonaws.com"]
      eventName         = ["AssumeRole"]
      requestParameters = { roleArn = [local.role_arn] }
    }
  })
}

resource "aws_cloudwatch_event_target" "assumed" {
  rule      = aws_cloudwatch_event_rule.assumed.name
  target_id = "security-alerts"
  arn       = var.alert_topic_arn

  input_transformer {
    input_paths = {
      account = "$.account"
      event   = "$.detail.eventID"
      source  = "$.detail.sourceIPAddress"
      time    = "$.detail.eventTime"
      who     = "$.detail.userIdentity.arn"
    }

    input_template = "\"BREAK GLASS: <who> from <source> asked for the role ${var.name}-break-glass in account <account> at <time>. CloudTrail event <event>.\""
  }
}

# Who may enter a cluster is decided by these calls. The pipeline makes them too, when it creates a cluster or changes
# its administrators; at any other time they are a reason to ask.
resource "aws_cloudwatch_event_rule" "cluster_access" {
  name        = "${var.name}-cluster-access-changed"
  description = "Access entries of an EKS cluster were changed"

  event_pattern = jsonencode({
    source = ["aws.eks"]
    detail = {
      eventSource = ["eks.amazonaws.com"]
      eventName = [
        "AssociateAccessPolicy",
        "CreateAccessEntry",
        "DeleteAccessEntry",
        "DisassociateAccessPolicy",
        "UpdateAccessEntry",
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "cluster_access" {
  rule      = aws_cloudwatch_event_rule.cluster_access.name
  target_id = "security-alerts"
  arn       = var.alert_topic_arn

  input_transformer {
    input_paths = {
      account = "$.account"
      call    = "$.detail.eventName"
      event   = "$.detail.eventID"
      time    = "$.detail.eventTime"
      who     = "$.detail.userIdentity.arn"
    }

    input_template = "\"Cluster access changed: <who> called <call> in account <account> at <time>. CloudTrail event <event>.\""
  }
}
