resource "aws_vpc_endpoint" "s3" {
  vpc_id            = var.vpc_id
  vpc_endpoint_type = "Gateway"
  service_name      = var.s3_service
  route_table_ids   = var.route_table_ids
  policy            = data.aws_iam_policy_document.s3.json

  tags = {
    Name = "${var.name}-s3"
  }
}

# The gateway takes all S3 traffic of this region, also that which would otherwise leave through a NAT gateway:
# what is not named here cannot be reached.
data "aws_iam_policy_document" "s3" {
  #checkov:skip=CKV_AWS_283:Anyone means anyone in this VPC, and for reading public layers and packages only.

  statement {
    sid       = "OurIdentitiesToOurBuckets"
    actions   = ["s3:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceAccount"
      values   = [var.account_id]
    }
  }

  # Layers of ECR images, those of the EKS add-ons, the GuardDuty agent and Bottlerocket's host containers included.
  # The URL is signed by an account of ECR, so no condition on the caller can hold.
  statement {
    sid       = "ImageLayersOfECR"
    actions   = ["s3:GetObject"]
    resources = ["arn:${var.partition}:s3:::prod-${var.region}-starport-layer-bucket/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }

  # Amazon Linux 2023 takes its packages from here, without credentials.
  statement {
    sid       = "PackagesOfAmazonLinux"
    actions   = ["s3:GetObject"]
    resources = ["arn:${var.partition}:s3:::al2023-repos-${var.region}-de612dc2/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }

  # Public registries that redirect callers from AWS to a bucket; the pull fails with 403 if it is not listed.
  dynamic "statement" {
    for_each = length(var.public_image_buckets) > 0 ? ["public"] : []

    content {
      sid       = "ImageLayersOfPublicRegistries"
      actions   = ["s3:GetObject"]
      resources = [for bucket in sort(var.public_image_buckets) : "arn:${var.partition}:s3:::${bucket}/*"]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}
