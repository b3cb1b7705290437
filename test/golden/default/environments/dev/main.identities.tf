# One IAM role for each service account that calls AWS.
locals {
  identities = {
    ebs-csi = {
      namespace        = "kube-system"
      service_account  = "ebs-csi-controller-sa"
      managed_policies = ["service-role/AmazonEBSCSIDriverPolicy"]
    }
    vpc-cni = {
      namespace        = "kube-system"
      service_account  = "aws-node"
      managed_policies = ["AmazonEKS_CNI_Policy"]
    }
  }

  volumes_key_users = ["ebs-csi"]
}

module "identity" {
  source   = "../../modules/irsa-role"
  for_each = local.identities

  name              = "${local.name}-${each.key}"
  partition         = local.partition
  oidc_provider_arn = module.cluster.oidc_provider_arn
  oidc_issuer       = module.cluster.oidc_issuer

  namespace        = each.value.namespace
  service_account  = each.value.service_account
  managed_policies = each.value.managed_policies

  permissions_boundary_arn = local.permissions_boundary_arn

  inline_policies = contains(local.volumes_key_users, each.key) ? { volumes-key = data.aws_iam_policy_document.volumes_key.json } : {}
}

# The other half of what the volumes key's policy allows these roles: through EC2, and grants for volumes only.
data "aws_iam_policy_document" "volumes_key" {
  statement {
    sid = "EncryptVolumesThroughEC2"
    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]
    resources = [module.keys.volumes_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ec2.${local.region}.${local.dns_suffix}"]
    }
  }

  statement {
    sid       = "AttachVolumes"
    actions   = ["kms:CreateGrant"]
    resources = [module.keys.volumes_key_arn]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }
}
