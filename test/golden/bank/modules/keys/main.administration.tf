# What all three keys have in common.
data "aws_iam_policy_document" "administration" {
  #checkov:skip=CKV_AWS_109:In a key policy the resource is the key; principals and actions are what limits it.
  #checkov:skip=CKV_AWS_111:In a key policy the resource is the key; principals and actions are what limits it.
  #checkov:skip=CKV_AWS_356:In a key policy the resource is the key; "*" is how KMS spells it.

  # The usual root statement allows kms:*, and with it any IAM policy in the account can hand out kms:Decrypt unseen.
  # This one delegates care of the key only. Using it takes a statement in its policy, and changing that is a
  # PutKeyPolicy in CloudTrail and a diff in this repository.
  # No kms:Create*: it would cover CreateGrant, which hands out Decrypt just as silently.
  #
  # PutKeyPolicy has no condition on purpose. KMS makes no key whose maker could not mend its policy, and a policy that
  # only named roles could be mended by nobody once these are gone. What bounds it is IAM: the pipeline by the project's
  # tag, and the roles that it makes by their boundary.
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

  # EKS and EC2 read under grants, and without its grant a cluster is as lost as without its key. So in the name of the
  # account only AWS services take back what they made.
  statement {
    sid       = "ServicesRevokeTheirGrants"
    resources = ["*"]
    actions   = ["kms:RevokeGrant"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  # What makes everything under the key unreadable is left to people with a name.
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
      "kms:RetireGrant",
      "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion",
    ]

    principals {
      type        = "AWS"
      identifiers = var.key_admin_arns
    }
  }
}
