resource "aws_kms_key" "volumes" {
  description             = "Node and persistent volumes of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.volumes.json

  tags = {
    Name = "${var.name}-volumes"
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "volumes" {
  name          = "alias/${var.name}/volumes"
  target_key_id = aws_kms_key.volumes.key_id
}

locals {
  # The path of a service-linked role is the same in every partition.
  autoscaling_role_arn = "arn:${var.partition}:iam::${var.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
}

data "aws_iam_policy_document" "volumes" {
  #checkov:skip=CKV_AWS_111:In a key policy the resource is the key; principals and conditions are what limits it.
  #checkov:skip=CKV_AWS_356:In a key policy the resource is the key; "*" is how KMS spells it.

  source_policy_documents = [data.aws_iam_policy_document.administration.json]

  # Managed node groups launch through Auto Scaling, whose service-linked role has no KMS permission of its own,
  # so it is named as principal. It must exist (accounts/ creates it), or KMS refuses the policy.
  statement {
    sid       = "AutoScalingEncryptsNodeVolumes"
    resources = ["*"]
    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]

    principals {
      type        = "AWS"
      identifiers = [local.autoscaling_role_arn]
    }
  }

  statement {
    sid       = "AutoScalingAttachesNodeVolumes"
    actions   = ["kms:CreateGrant"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.autoscaling_role_arn]
    }

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  # Roles that create volumes: only through EC2, so a pod with their credentials cannot decrypt by itself.
  dynamic "statement" {
    for_each = length(var.volume_role_arns) > 0 ? ["roles"] : []

    content {
      sid       = "RolesEncryptVolumesThroughEC2"
      resources = ["*"]
      actions = [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
      ]

      principals {
        type        = "AWS"
        identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = sort(var.volume_role_arns)
      }

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ec2.${var.region}.${var.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.volume_role_arns) > 0 ? ["roles"] : []

    content {
      sid       = "RolesAttachVolumes"
      actions   = ["kms:CreateGrant"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = sort(var.volume_role_arns)
      }

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }
}
