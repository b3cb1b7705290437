locals {
  # Roles that EKS clusters need. The key policy of node volumes names the first one, and KMS refuses a policy that
  # names a role which does not exist yet.
  service_linked_roles = setsubtract([
    "autoscaling.amazonaws.com",
    "eks-nodegroup.amazonaws.com",
    "eks.amazonaws.com",
    "spot.amazonaws.com",
  ], var.existing_service_linked_roles)
}

resource "aws_iam_service_linked_role" "this" {
  for_each = local.service_linked_roles

  aws_service_name = each.value

  # Other workloads of the account come to depend on them.
  lifecycle {
    prevent_destroy = true
  }
}
