data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "OneServiceAccount"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    # The same name in every partition.
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    # EKS assumes the role for any association that anyone in the account creates. These pin it to one service
    # account of one cluster, through the tags that EKS puts on the session.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/eks-cluster-name"
      values   = [var.cluster_name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = [var.namespace]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = [var.service_account]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "Service account ${var.namespace}/${var.service_account}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each = var.managed_policies

  role       = aws_iam_role.this.name
  policy_arn = "arn:${var.partition}:iam::aws:policy/${each.key}"
}

resource "aws_iam_role_policy" "inline" {
  for_each = var.inline_policies

  name   = each.key
  role   = aws_iam_role.this.id
  policy = each.value
}
