# The state of bootstrap/ is not among these: it describes the bucket and these roles.
locals {
  state_objects = [
    "${var.state_bucket_arn}/accounts/*/terraform.tfstate",
    "${var.state_bucket_arn}/environments/*/terraform.tfstate",
  ]
  lock_objects = [for object in local.state_objects : "${object}.tflock"]
}

resource "aws_iam_role_policy" "state" {
  for_each = local.roles

  name   = "state"
  role   = aws_iam_role.ci[each.key].id
  policy = data.aws_iam_policy_document.state[each.key].json
}

data "aws_iam_policy_document" "state" {
  for_each = local.roles

  statement {
    sid       = "FindStates"
    actions   = ["s3:ListBucket"]
    resources = [var.state_bucket_arn]
  }

  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = concat(local.state_objects, local.lock_objects)
  }

  # A plan holds the lock as well, so that it does not read a state which an apply is about to replace.
  statement {
    sid = "TakeAndGiveBackLocks"
    actions = [
      "s3:DeleteObject",
      "s3:PutObject",
    ]
    resources = local.lock_objects
  }

  dynamic "statement" {
    for_each = each.key == "apply" ? ["states"] : []

    content {
      sid       = "WriteStates"
      actions   = ["s3:PutObject"]
      resources = local.state_objects
    }
  }

  statement {
    sid = "UseTheKeyThroughS3"
    actions = [
      "kms:Decrypt",
      "kms:GenerateDataKey",
    ]
    resources = [var.state_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.${var.dns_suffix}"]
    }
  }
}
