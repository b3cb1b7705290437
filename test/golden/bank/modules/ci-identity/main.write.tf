# What accounts/ and environments/ create and change, and nothing that an approved plan never does: no call here
# deletes a cluster, a key, a VPC, a log group or a detector. Teardown is a person's work, with a person's role.
locals {
  cluster_issuers_arn = "arn:${var.partition}:iam::${var.account_id}:oidc-provider/oidc.eks.${var.region}.${var.dns_suffix}/*"

  # China's EC2 has a service principal of its own.
  compute_services = distinct(["ec2.amazonaws.com", "ec2.${var.dns_suffix}"])
}

resource "aws_iam_policy" "network" {
  name        = "${var.name}-ci-network"
  description = "VPCs, security groups, endpoints, launch templates and EC2 defaults of one region"
  policy      = data.aws_iam_policy_document.network.json
}

data "aws_iam_policy_document" "network" {
  #checkov:skip=CKV_AWS_111:A VPC has no name that a policy could hold on to; the region limits these.
  #checkov:skip=CKV_AWS_356:A VPC has no name that a policy could hold on to; the region limits these.

  statement {
    sid = "Network"
    actions = [
      "ec2:AllocateAddress",
      "ec2:AssociateRouteTable",
      "ec2:AttachInternetGateway",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CreateFlowLogs",
      "ec2:CreateInternetGateway",
      "ec2:CreateNatGateway",
      "ec2:CreateRoute",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateTags",
      "ec2:CreateVpc",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteFlowLogs",
      "ec2:DeleteInternetGateway",
      "ec2:DeleteNatGateway",
      "ec2:DeleteRoute",
      "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVpcEndpoints",
      "ec2:DetachInternetGateway",
      "ec2:DisassociateAddress",
      "ec2:DisassociateRouteTable",
      "ec2:ModifySecurityGroupRules",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint",
      "ec2:ReleaseAddress",
      "ec2:ReplaceNetworkAclAssociation",
      "ec2:ReplaceNetworkAclEntry",
      "ec2:ReplaceRoute",
      "ec2:ReplaceRouteTableAssociation",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
      "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # EKS checks with RunInstances that whoever makes a node group may start what its launch template describes.
  statement {
    sid = "Nodes"
    actions = [
      "ec2:CreateLaunchTemplate",
      "ec2:CreateLaunchTemplateVersion",
      "ec2:DeleteLaunchTemplate",
      "ec2:DeleteLaunchTemplateVersions",
      "ec2:ModifyLaunchTemplate",
      "ec2:RunInstances",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # To make them stricter; what would loosen them is not here.
  statement {
    sid = "DefaultsOfTheRegion"
    actions = [
      "ec2:EnableEbsEncryptionByDefault",
      "ec2:EnableSnapshotBlockPublicAccess",
      "ec2:ModifyInstanceMetadataDefaults",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }
}

resource "aws_iam_policy" "services" {
  name        = "${var.name}-ci-services"
  description = "Clusters, keys, log groups, alerts and GuardDuty of one region"
  policy      = data.aws_iam_policy_document.services.json
}

data "aws_iam_policy_document" "services" {
  #checkov:skip=CKV_AWS_111:What has no name yet has no narrower resource; region and tags limit it.
  #checkov:skip=CKV_AWS_356:What has no name yet has no narrower resource; region and tags limit it.

  statement {
    sid = "Clusters"
    actions = [
      "eks:AssociateAccessPolicy",
      "eks:CreateAccessEntry",
      "eks:CreateAddon",
      "eks:CreateCluster",
      "eks:CreateNodegroup",
      "eks:CreatePodIdentityAssociation",
      "eks:DeleteAccessEntry",
      "eks:DeleteAddon",
      "eks:DeleteNodegroup",
      "eks:DeletePodIdentityAssociation",
      "eks:DisassociateAccessPolicy",
      "eks:TagResource",
      "eks:UntagResource",
      "eks:UpdateAccessEntry",
      "eks:UpdateAddon",
      "eks:UpdateClusterConfig",
      "eks:UpdateClusterVersion",
      "eks:UpdateNodegroupConfig",
      "eks:UpdateNodegroupVersion",
      "eks:UpdatePodIdentityAssociation",
    ]
    resources = [
      for kind in ["access-entry", "addon", "cluster", "nodegroup", "podidentityassociation"] :
      "arn:${var.partition}:eks:${var.region}:${var.account_id}:${kind}/${var.name}-*"
    ]
  }

  statement {
    sid = "NewKeys"
    actions = [
      "kms:CreateKey",
      "kms:TagResource",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Project"
      values   = [var.name]
    }
  }

  statement {
    sid = "CareForKeys"
    actions = [
      "kms:DeleteAlias",
      "kms:PutKeyPolicy",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
    resources = ["arn:${var.partition}:kms:${var.region}:${var.account_id}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = [var.name]
    }
  }

  # Seconds after CreateKey, when a tag may not count for authorization yet; neither takes anything away.
  statement {
    sid = "FinishNewKeys"
    actions = [
      "kms:CreateAlias",
      "kms:EnableKeyRotation",
    ]
    resources = ["arn:${var.partition}:kms:${var.region}:${var.account_id}:key/*"]
  }

  statement {
    sid = "Aliases"
    actions = [
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:UpdateAlias",
    ]
    resources = ["arn:${var.partition}:kms:${var.region}:${var.account_id}:alias/${var.name}-*"]
  }

  # EKS makes its grant on the secrets key in the name of whoever creates the cluster.
  statement {
    sid       = "GrantForTheControlPlane"
    actions   = ["kms:CreateGrant"]
    resources = ["arn:${var.partition}:kms:${var.region}:${var.account_id}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["eks.${var.region}.${var.dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = [var.name]
    }
  }

  statement {
    sid = "LogGroups"
    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]
    resources = [
      "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:/aws/eks/${var.name}-*",
      "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:/aws/vpc/${var.name}-*",
    ]
  }

  # Flow logs are set up through a log delivery that only its creator's permissions allow.
  statement {
    sid = "FlowLogDelivery"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid = "Alerts"
    actions = [
      "events:DeleteRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
      "sns:CreateTopic",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ]
    resources = [
      "arn:${var.partition}:events:${var.region}:${var.account_id}:rule/${var.name}-*",
      "arn:${var.partition}:sns:${var.region}:${var.account_id}:${var.name}-*",
    ]
  }

  statement {
    sid = "ThreatDetection"
    actions = [
      "guardduty:CreateDetector",
      "guardduty:TagResource",
      "guardduty:UntagResource",
      "guardduty:UpdateDetector",
    ]
    resources = ["arn:${var.partition}:guardduty:${var.region}:${var.account_id}:*"]
  }
}

resource "aws_iam_policy" "identity" {
  name        = "${var.name}-ci-identity"
  description = "IAM roles and policies of the project, and issuers of its clusters"
  policy      = data.aws_iam_policy_document.identity.json
}

# Whoever writes roles and their policies could, in the end, give himself more. That is why this role trusts a
# protected environment and nothing else, why its own roles are out of its reach (main.guard.tf), and why those that it
# makes have a ceiling (main.boundary.tf).
#trivy:ignore:AVD-AWS-0342 PassRole takes the project's roles only, and iam:PassedToService says to whom.
data "aws_iam_policy_document" "identity" {
  statement {
    sid = "RolesAndPolicies"
    actions = [
      "iam:CreatePolicy",
      "iam:CreatePolicyVersion",
      "iam:CreateRole",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:TagPolicy",
      "iam:TagRole",
      "iam:UntagPolicy",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = [
      "arn:${var.partition}:iam::${var.account_id}:policy/${var.name}-*",
      "arn:${var.partition}:iam::${var.account_id}:role/${var.name}-*",
    ]
  }

  statement {
    sid = "AttachWhatTheProjectUses"
    actions = [
      "iam:AttachRolePolicy",
      "iam:DetachRolePolicy",
    ]
    resources = ["arn:${var.partition}:iam::${var.account_id}:role/${var.name}-*"]

    condition {
      test     = "ArnLike"
      variable = "iam:PolicyARN"
      values = concat(
        [for policy in sort(var.attachable_policies) : "arn:${var.partition}:iam::aws:policy/${policy}"],
        ["arn:${var.partition}:iam::${var.account_id}:policy/${var.name}-*"],
      )
    }
  }

  statement {
    sid       = "HandRolesToServices"
    actions   = ["iam:PassRole"]
    resources = ["arn:${var.partition}:iam::${var.account_id}:role/${var.name}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values = concat(local.compute_services, [
        "eks.amazonaws.com",
        "pods.eks.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
      ])
    }
  }

  statement {
    sid = "IssuersOfClusters"
    actions = [
      "iam:AddClientIDToOpenIDConnectProvider",
      "iam:CreateOpenIDConnectProvider",
      "iam:RemoveClientIDFromOpenIDConnectProvider",
      "iam:TagOpenIDConnectProvider",
      "iam:UntagOpenIDConnectProvider",
      "iam:UpdateOpenIDConnectProviderThumbprint",
    ]
    resources = [local.cluster_issuers_arn]
  }

  statement {
    sid       = "ServiceLinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${var.partition}:iam::${var.account_id}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values = [
        "autoscaling.amazonaws.com",
        "eks-nodegroup.amazonaws.com",
        "eks.amazonaws.com",
        "guardduty.amazonaws.com",
        "malware-protection.guardduty.amazonaws.com",
        "spot.amazonaws.com",
      ]
    }
  }
}
