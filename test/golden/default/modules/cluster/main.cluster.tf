locals {
  # All five. An investigation that lacks one of them ends where it would have begun.
  log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn

  enabled_cluster_log_types = local.log_types

  # The VPC CNI, CoreDNS and kube-proxy come as pinned add-ons. Create-only: a change replaces the cluster.
  bootstrap_self_managed_addons = false

  access_config {
    authentication_mode = "API"

    # Otherwise whoever ran the first apply stays administrator for ever, listed nowhere.
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.control_plane_subnet_ids
    security_group_ids      = [aws_security_group.control_plane.id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.public_access_cidrs) > 0

    # EKS ignores the list while the public endpoint is off, and reports its own.
    public_access_cidrs = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null
  }

  # EKS encrypts the API's data with a key of its own in any case; this makes the key ours to audit and to revoke.
  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = var.secrets_key_arn
    }
  }

  kubernetes_network_config {
    ip_family         = "ipv4"
    service_ipv4_cidr = var.service_cidr
  }

  upgrade_policy {
    support_type = var.support_type
  }

  # Lets ARC move traffic out of a failing zone. It does nothing until a shift is started.
  zonal_shift_config {
    enabled = var.zonal_shift
  }

  lifecycle {
    prevent_destroy = true
  }

  # The log group first, or EKS makes one that is unencrypted and never expires.
  # The role's policies last to go, or deleting the cluster leaves its network interfaces behind.
  depends_on = [
    aws_cloudwatch_log_group.control_plane,
    aws_iam_role_policy_attachment.cluster,
    aws_iam_role_policy.cluster_secrets_key,
    aws_vpc_security_group_egress_rule.control_plane_to_nodes,
    aws_vpc_security_group_ingress_rule.control_plane_from_nodes,
  ]
}
