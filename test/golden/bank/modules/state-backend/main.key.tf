resource "aws_kms_key" "state" {
  description             = "Terraform state of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json

  tags = {
    Name = "${var.name}-tfstate"
  }

  # Without this key no state of the account can be read again.
  lifecycle {
    prevent_destroy = true
  }
}

# Backends name the key by this alias: its id is not known where they are written.
resource "aws_kms_alias" "state" {
  name          = "alias/${var.name}-tfstate"
  target_key_id = aws_kms_key.state.key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:In a key policy the resource is the key; principals and conditions are what limits it.
  #checkov:skip=CKV_AWS_111:In a key policy the resource is the key; principals and conditions are what limits it.
  #checkov:skip=CKV_AWS_356:In a key policy the resource is the key; "*" is how KMS spells it.

  # Care of the key is delegated to IAM, use of it is not: no kms:*, and no CreateGrant, which hands out Decrypt.
  # PutKeyPolicy is part of it, or nobody could mend the policy once the administrators are gone.
  statement {
    sid       = "AccountCaresForTheKey"
    resources = ["*"]
    actions = [
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:DescribeKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListGrants",
      "kms:ListKeyPolicies",
      "kms:ListKeyRotations",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:RotateKeyOnDemand",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }
  }

  statement {
    sid       = "NamedAdministrators"
    resources = ["*"]
    actions = [
      "kms:CancelKeyDeletion",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListGrants",
      "kms:PutKeyPolicy",
      "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion",
    ]

    principals {
      type        = "AWS"
      identifiers = var.key_admin_arns
    }
  }

  # Whoever IAM lets use the key can do so through S3 and for this bucket: a ciphertext from elsewhere stays closed.
  statement {
    sid       = "StateThroughS3"
    resources = ["*"]
    actions = [
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.${var.dns_suffix}"]
    }

    # With a bucket key the context is the bucket, without one it is the object.
    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [local.bucket_arn, "${local.bucket_arn}/*"]
    }
  }
}
