locals {
  # Bucket names are shared by all customers of a partition, so account and region are part of it.
  bucket_name = "${var.name}-tfstate-${var.account_id}-${var.region}"
  bucket_arn  = "arn:${var.partition}:s3:::${local.bucket_name}"
}

#trivy:ignore:AVD-AWS-0089 Access logs are written where access_log_bucket names a bucket; otherwise CloudTrail data events.
resource "aws_s3_bucket" "state" {
  #checkov:skip=CKV_AWS_18:Access logs are written where access_log_bucket names a bucket; otherwise CloudTrail data events.
  #checkov:skip=CKV_AWS_144:A state describes one region; a copy in another would be as secret and as useless without it.
  #checkov:skip=CKV2_AWS_62:Nothing reacts to a new state; the pipeline that writes it knows.
  bucket = local.bucket_name

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = length(local.bucket_name) <= 63
      error_message = "The bucket would be called ${local.bucket_name}, longer than the 63 characters that S3 allows: shorten the project's name."
    }
  }
}

# Every version of every state is the way back from a bad apply.
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.state.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# No ACLs at all: the policies below and IAM are the only ways in.
resource "aws_s3_bucket_ownership_controls" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    # The newest 50 stay however old they are: a root that rests for a year keeps its history.
    noncurrent_version_expiration {
      noncurrent_days           = 365
      newer_noncurrent_versions = 50
    }

    # Each lock that is given back leaves one.
    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_logging" "state" {
  count = var.access_log_bucket == null ? 0 : 1

  bucket        = aws_s3_bucket.state.id
  target_bucket = var.access_log_bucket
  target_prefix = "${local.bucket_name}/"
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = data.aws_iam_policy_document.bucket_with_key.json

  # Last of all: from here on only the administrators change the others, and S3 may refuse a policy while the block is
  # being set up.
  depends_on = [
    aws_s3_bucket_lifecycle_configuration.state,
    aws_s3_bucket_logging.state,
    aws_s3_bucket_ownership_controls.state,
    aws_s3_bucket_public_access_block.state,
    aws_s3_bucket_server_side_encryption_configuration.state,
    aws_s3_bucket_versioning.state,
  ]
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "Tls12OrNewer"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }

  # A backend with `encrypt = true` and no key asks for AES256, which would silently leave our key out.
  statement {
    sid       = "NoOtherEncryption"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }

    # A request that says nothing gets the bucket's default, which is the key.
    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }
  }

  # What a caller encrypts with a key that he brings along, only he can read.
  statement {
    sid       = "NoKeyOfTheCaller"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-customer-algorithm"
      values   = ["false"]
    }
  }

  # A state can be replaced by a newer one, its history cannot be removed: not by a pipeline, not by a stolen role.
  statement {
    sid    = "HistoryStays"
    effect = "Deny"
    actions = [
      "s3:DeleteBucket",
      "s3:DeleteObjectVersion",
    ]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = sort(var.key_admin_arns)
    }
  }
  # What keeps the history is the bucket's configuration: a lifecycle rule of a day removes it as well as any deletion.
  # The account's root user can always replace the policy, so nobody is locked out for good.
  statement {
    sid    = "ConfigurationStays"
    effect = "Deny"
    actions = [
      "s3:DeleteBucketPolicy",
      "s3:PutBucketLogging",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
      "s3:PutReplicationConfiguration",
    ]
    resources = [local.bucket_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = sort(var.key_admin_arns)
    }
  }
}

# Apart from the others: no plan knows the key's ARN, and what does not depend on it can be tested without an apply.
data "aws_iam_policy_document" "bucket_with_key" {
  source_policy_documents = [data.aws_iam_policy_document.bucket.json]

  # Asked for KMS and told no key, S3 takes AWS's own; told another, it takes that. Backends name the alias, S3 knows
  # the key behind it.
  statement {
    sid       = "NoOtherKey"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = [aws_kms_alias.state.arn, aws_kms_alias.state.name, aws_kms_key.state.arn]
    }

    # A request that says nothing gets the bucket's default, which is the key.
    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }
  }
}
