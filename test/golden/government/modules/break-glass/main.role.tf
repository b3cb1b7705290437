resource "aws_iam_role" "this" {
  count = length(var.user_arns) > 0 ? 1 : 0

  name                 = "${var.name}-break-glass"
  description          = "For emergencies: every use raises an alarm"
  assume_role_policy   = one(data.aws_iam_policy_document.trust[*].json)
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "this" {
  count = length(var.user_arns) > 0 ? 1 : 0

  name   = "emergency"
  role   = one(aws_iam_role.this[*].id)
  policy = data.aws_iam_policy_document.emergency.json
}

data "aws_iam_policy_document" "trust" {
  count = length(var.user_arns) > 0 ? 1 : 0

  statement {
    sid     = "NamedUsersWithMfa"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.user_arns
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "aws:MultiFactorAuthAge"
      values   = ["3600"]
    }

    # STS reports a call in the region that answered it. Elsewhere nobody listens, so elsewhere it is refused.
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }
}

# What it takes to get back into a cluster. It is no administrator: whoever needs more than this needs the account's
# own way in, and the keys have administrators of their own.
data "aws_iam_policy_document" "emergency" {
  #checkov:skip=CKV_AWS_356:The actions on "*" only describe, or know no narrower resource.

  statement {
    sid = "AccessToTheClusters"
    actions = [
      "eks:AssociateAccessPolicy",
      "eks:CreateAccessEntry",
      "eks:DeleteAccessEntry",
      "eks:DescribeAccessEntry",
      "eks:DescribeCluster",
      "eks:DisassociateAccessPolicy",
      "eks:ListAccessEntries",
      "eks:ListAssociatedAccessPolicies",
      "eks:ListNodegroups",
      "eks:UpdateAccessEntry",
    ]
    resources = [
      "arn:${var.partition}:eks:${var.region}:${var.account_id}:access-entry/${var.name}-*",
      "arn:${var.partition}:eks:${var.region}:${var.account_id}:cluster/${var.name}-*",
    ]
  }

  statement {
    sid       = "SessionsOnTheNodes"
    actions   = ["ssm:StartSession"]
    resources = ["arn:${var.partition}:ec2:${var.region}:${var.account_id}:instance/*"]

    condition {
      test     = "StringLike"
      variable = "ssm:resourceTag/eks:cluster-name"
      values   = ["${var.name}-*"]
    }
  }

  statement {
    sid     = "SessionDocuments"
    actions = ["ssm:StartSession"]
    resources = [
      "arn:${var.partition}:ssm:${var.region}:${var.account_id}:document/SSM-SessionManagerRunShell",
      "arn:${var.partition}:ssm:${var.region}::document/AWS-StartPortForwardingSessionToRemoteHost",
    ]
  }

  # Its own sessions only: SSM tags each one with who started it.
  statement {
    sid = "OwnSessions"
    actions = [
      "ssm:ResumeSession",
      "ssm:TerminateSession",
    ]
    resources = ["arn:${var.partition}:ssm:${var.region}:${var.account_id}:session/*"]

    condition {
      test     = "StringLike"
      variable = "ssm:resourceTag/aws:ssmmessages:session-id"
      values   = ["$${aws:userid}"]
    }
  }

  statement {
    sid = "Look"
    actions = [
      "cloudtrail:LookupEvents",
      "ec2:DescribeInstances",
      "eks:ListClusters",
      "ssm:DescribeInstanceInformation",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }
}
