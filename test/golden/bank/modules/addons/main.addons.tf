resource "aws_eks_addon" "this" {
  for_each = var.addons

  cluster_name             = var.cluster_name
  addon_name               = each.key
  addon_version            = each.value.version
  configuration_values     = each.value.configuration
  service_account_role_arn = each.value.service_account_role_arn

  # At creation nothing of value can be there. Later, a field that someone changed in the cluster was changed in an
  # incident more often than by mistake: an update keeps it, and the difference is found by the drift run.
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "PRESERVE"

  dynamic "pod_identity_association" {
    for_each = each.value.pod_identity == null ? [] : [each.value.pod_identity]

    content {
      role_arn        = pod_identity_association.value.role_arn
      service_account = pod_identity_association.value.service_account
    }
  }

  timeouts {
    create = "20m"
    update = "20m"
    delete = "20m"
  }
}
