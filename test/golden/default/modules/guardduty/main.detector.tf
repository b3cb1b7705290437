locals {
  # AWS allows one detector per account and region.
  detector_id = var.detector == "create" ? one(aws_guardduty_detector.this[*].id) : var.detector_id
  managed     = var.detector != "delegated"
}

resource "aws_guardduty_detector" "this" {
  #checkov:skip=CKV2_AWS_3:A region's detector is not the organisation's; where there is a delegated administrator, detector says so.
  count = var.detector == "create" ? 1 : 0

  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"

  # Deleting it deletes its findings.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_guardduty_detector_feature" "eks_audit_logs" {
  count = local.managed ? 1 : 0

  detector_id = local.detector_id
  name        = "EKS_AUDIT_LOGS"
  status      = "ENABLED"
}

# GuardDuty installs and updates its agent and the agent's VPC endpoint itself, so neither is in environments/.
resource "aws_guardduty_detector_feature" "runtime_monitoring" {
  count = local.managed && var.runtime_monitoring ? 1 : 0

  detector_id = local.detector_id
  name        = "RUNTIME_MONITORING"
  status      = "ENABLED"

  # All three, in the order in which the API returns them: otherwise every plan shows a difference.
  additional_configuration {
    name   = "EKS_ADDON_MANAGEMENT"
    status = "ENABLED"
  }

  additional_configuration {
    name   = "ECS_FARGATE_AGENT_MANAGEMENT"
    status = var.ecs_fargate_agent ? "ENABLED" : "DISABLED"
  }

  additional_configuration {
    name   = "EC2_AGENT_MANAGEMENT"
    status = var.ec2_agent ? "ENABLED" : "DISABLED"
  }
}

# New detectors come with it switched on, so off has to be said as well.
resource "aws_guardduty_detector_feature" "ebs_malware_protection" {
  count = local.managed ? 1 : 0

  detector_id = local.detector_id
  name        = "EBS_MALWARE_PROTECTION"
  status      = var.ebs_malware_protection ? "ENABLED" : "DISABLED"
}
