resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_services

  vpc_id              = var.vpc_id
  vpc_endpoint_type   = "Interface"
  service_name        = each.value
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  policy              = data.aws_iam_policy_document.interface[each.key].json

  tags = {
    Name = "${var.name}-${each.key}"
  }
}

locals {
  # Services where everything we touch is ours, so the resource can be held to this account too.
  # Not: ec2 and ssm (AWS's own images, documents and parameters), ecr (the add-ons' images come from
  # registries of AWS accounts), and the message channels, whose calls have no resource.
  own_resources_only = ["eks", "eks-auth", "kms", "logs", "secretsmanager", "sqs"]
}

# A policy here grants nothing; it caps what passes. Credentials of another account, brought into a pod
# to carry data out, end at the endpoint.
data "aws_iam_policy_document" "interface" {
  #checkov:skip=CKV_AWS_1:An endpoint policy grants nothing; it limits who passes.
  #checkov:skip=CKV_AWS_49:An endpoint policy grants nothing; it limits who passes.

  for_each = var.interface_services

  statement {
    sid       = "IdentitiesOfThisAccount"
    actions   = ["*"]
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

    dynamic "condition" {
      for_each = contains(local.own_resources_only, each.key) ? ["own"] : []

      content {
        test     = "StringEquals"
        variable = "aws:ResourceAccount"
        values   = [var.account_id]
      }
    }
  }

  # IRSA: this call carries a token instead of a signature, so it has no principal to hold against the account.
  # The role that it asks for has to be ours.
  dynamic "statement" {
    for_each = each.key == "sts" ? ["web-identity"] : []

    content {
      sid       = "WebIdentityForOurRoles"
      actions   = ["sts:AssumeRoleWithWebIdentity"]
      resources = ["arn:${var.partition}:iam::${var.account_id}:role/*"]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}
