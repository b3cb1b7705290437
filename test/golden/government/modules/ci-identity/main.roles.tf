locals {
  roles = {
    plan = {
      description = "Reads what a plan compares with"
      subjects    = var.plan_subjects
    }
    apply = {
      description = "Applies reviewed plans"
      subjects    = var.apply_subjects
    }
  }

  # Built, not read: the guard can be read before it is applied. environments/ build it the same way.
  boundary_arn = "arn:${var.partition}:iam::${var.account_id}:policy/${var.name}-ci-boundary"

  role_arns = { for role in keys(local.roles) : role => "arn:${var.partition}:iam::${var.account_id}:role/${var.name}-ci-${role}" }
}

resource "aws_iam_role" "ci" {
  for_each = local.roles

  name               = "${var.name}-ci-${each.key}"
  description        = each.value.description
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json

  # A control plane and its nodes are upgraded in one apply; credentials that end in the middle of it leave half.
  max_session_duration = each.key == "apply" ? 14400 : 3600

  depends_on = [aws_iam_openid_connect_provider.ci]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    sid     = "PipelineOfThisRepository"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = [var.audience]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = each.value.subjects
    }
  }
}

# Both read; the apply role writes too.
resource "aws_iam_role_policy_attachment" "read" {
  for_each = local.roles

  role       = aws_iam_role.ci[each.key].name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = {
    guard    = aws_iam_policy.guard.arn
    identity = aws_iam_policy.identity.arn
    network  = aws_iam_policy.network.arn
    services = aws_iam_policy.services.arn
  }

  role       = aws_iam_role.ci["apply"].name
  policy_arn = each.value
}
