resource "aws_kms_key" "secrets" {
  description             = "Kubernetes API data of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.secrets.json

  tags = {
    Name = "${var.name}-secrets"
  }

  # EKS cannot change or drop this key: without it the cluster is lost.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "secrets" {
  name          = "alias/${var.name}/secrets"
  target_key_id = aws_kms_key.secrets.key_id
}

data "aws_iam_policy_document" "secrets" {
  source_policy_documents = [data.aws_iam_policy_document.administration.json]

  # CreateCluster acts with the caller's permissions: EKS makes its grant in the name of whoever applies this
  # repository, who needs kms:CreateGrant from IAM too. Only through EKS, so nobody makes a grant for himself.
  statement {
    sid       = "GrantsMadeByEKS"
    actions   = ["kms:CreateGrant"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["eks.${var.region}.${var.dns_suffix}"]
    }
  }

  # EKS checks the key with the cluster's role, at updates too: without this UpdateClusterVersion fails with
  # a message about the role's trust. The role is named by condition because the key is older than the role.
  statement {
    sid       = "ControlPlane"
    resources = ["*"]
    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:ListGrants",
    ]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [var.cluster_role_arn]
    }
  }
}
