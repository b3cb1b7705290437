# The most that a role of the pipeline's making can do, whatever its own policies say; by itself it grants nothing.
# Without it, whoever gets a change onto the main branch makes a role that may do what the pipeline itself may not.
resource "aws_iam_policy" "boundary" {
  name        = "${var.name}-ci-boundary"
  description = "Ceiling of the roles that the pipeline makes"
  policy      = data.aws_iam_policy_document.boundary.json
}

data "aws_iam_policy_document" "boundary" {
  #checkov:skip=CKV_AWS_107:A boundary grants nothing; this is what no policy of a role can go beyond.
  #checkov:skip=CKV_AWS_108:A boundary grants nothing; this is what no policy of a role can go beyond.
  #checkov:skip=CKV_AWS_109:A boundary grants nothing; this is what no policy of a role can go beyond.
  #checkov:skip=CKV_AWS_110:A boundary grants nothing; this is what no policy of a role can go beyond.
  #checkov:skip=CKV_AWS_111:A boundary grants nothing; this is what no policy of a role can go beyond.
  #checkov:skip=CKV_AWS_356:A boundary grants nothing; this is what no policy of a role can go beyond.

  # What clusters and workloads call is for their own policies to say: a ceiling that lists it would change with each.
  statement {
    sid = "EverythingButAdministration"
    not_actions = [
      "account:*",
      "iam:*",
      "organizations:*",
      "sso:*",
    ]
    resources = ["*"]
  }

  # The control plane's own policy has it for the first load balancer of an account.
  statement {
    sid       = "LoadBalancers"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${var.partition}:iam::${var.account_id}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["elasticloadbalancing.amazonaws.com"]
    }
  }

  # Roles that trust the whole account are within reach of whoever may assume any.
  statement {
    sid       = "NoOtherRoleOfTheAccount"
    effect    = "Deny"
    actions   = ["sts:AssumeRole"]
    resources = ["arn:${var.partition}:iam::${var.account_id}:role/*"]
  }

  statement {
    sid       = "NoState"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
  }

  # What would be lost for good, or would have told of it.
  statement {
    sid    = "NoLosses"
    effect = "Deny"
    actions = [
      "cloudtrail:DeleteTrail",
      "cloudtrail:PutEventSelectors",
      "cloudtrail:StopLogging",
      "cloudtrail:UpdateTrail",
      "eks:AssociateAccessPolicy",
      "eks:CreateAccessEntry",
      "eks:DeleteCluster",
      "guardduty:DeleteDetector",
      "guardduty:UpdateDetector",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "logs:DeleteLogGroup",
      "logs:DeleteLogStream",
      "logs:DeleteRetentionPolicy",
      "logs:DisassociateKmsKey",
    ]
    resources = ["*"]
  }
}
