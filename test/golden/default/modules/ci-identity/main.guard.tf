# What bootstrap/ made is changed by whoever runs bootstrap/, not by the pipeline: widening its own role would be the
# first thing that a hijacked pipeline tries. A denial holds whatever a later policy allows. Roles that the pipeline
# makes are bound by their permissions boundary (main.boundary.tf), which this insists on.
resource "aws_iam_policy" "guard" {
  name        = "${var.name}-ci-guard"
  description = "Keeps the pipeline away from its own roles, the break-glass role, its issuer and the state's key"
  policy      = data.aws_iam_policy_document.guard.json
}

data "aws_iam_policy_document" "guard" {
  statement {
    sid    = "OwnIdentity"
    effect = "Deny"
    not_actions = [
      "iam:GetOpenIDConnectProvider",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
    ]
    resources = [
      local.provider_arn,
      "arn:${var.partition}:iam::${var.account_id}:policy/${var.name}-ci-*",
      local.role_arns.apply,
      local.role_arns.plan,
    ]
  }

  # The way in when all others are closed: who may take it is a person's decision, with a person's role.
  statement {
    sid    = "BreakGlass"
    effect = "Deny"
    not_actions = [
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
    ]
    resources = ["arn:${var.partition}:iam::${var.account_id}:role/${var.name}-break-glass"]
  }

  # No role gets anything without the boundary: neither a new one, nor one that somebody else made.
  statement {
    sid    = "OnlyRolesWithinTheBoundary"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = ["*"]

    condition {
      test     = "StringNotEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.boundary_arn]
    }
  }

  statement {
    sid       = "BoundariesStay"
    effect    = "Deny"
    actions   = ["iam:DeleteRolePermissionsBoundary"]
    resources = ["*"]
  }

  statement {
    sid    = "KeyOfTheState"
    effect = "Deny"
    not_actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:GenerateDataKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListResourceTags",
    ]
    resources = [
      var.state_key_arn,
      "arn:${var.partition}:kms:${var.region}:${var.account_id}:alias/${var.name}-tfstate",
    ]
  }

  statement {
    sid    = "BucketOfTheState"
    effect = "Deny"
    not_actions = [
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
    ]
    resources = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
  }
}
