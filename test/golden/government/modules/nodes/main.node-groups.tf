resource "aws_eks_node_group" "this" {
  for_each = var.groups

  cluster_name           = var.cluster_name
  node_group_name_prefix = "${each.key}-"
  node_role_arn          = aws_iam_role.node.arn
  subnet_ids             = var.subnet_ids

  version         = var.kubernetes_version
  release_version = each.value.release_version
  ami_type        = each.value.ami_type
  instance_types  = each.value.instance_types
  capacity_type   = each.value.capacity_type
  labels          = each.value.labels

  launch_template {
    id      = aws_launch_template.node[each.key].id
    version = aws_launch_template.node[each.key].latest_version
  }

  scaling_config {
    min_size     = each.value.min_size
    desired_size = each.value.desired_size
    max_size     = each.value.max_size
  }

  dynamic "taint" {
    for_each = each.value.taints

    content {
      key    = taint.value.key
      value  = taint.value.value
      effect = taint.value.effect
    }
  }

  update_config {
    max_unavailable_percentage = 33
  }

  # EKS replaces a node whose kubelet, disk or network stays broken.
  node_repair_config {
    enabled = true
  }

  lifecycle {
    # With the prefix: a change that replaces the group brings up the new nodes before the old ones are drained.
    create_before_destroy = true

    # desired_size is where a group starts. An autoscaler, or a person in an incident, moves it afterwards, and an
    # apply for some other reason must not move it back.
    ignore_changes = [scaling_config[0].desired_size]
  }

  # A node without its policies cannot join, and cannot drain in order once they are gone.
  depends_on = [aws_iam_role_policy_attachment.node]
}
