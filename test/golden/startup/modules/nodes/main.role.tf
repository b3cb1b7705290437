# jsonencode instead of a policy document: this module waits for the add-ons, and a data source that waits
# is read during apply, which would show every plan a change of the role.
resource "aws_iam_role" "node" {
  name                 = "${var.cluster_name}-node"
  description          = "Nodes of ${var.cluster_name}"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Instances"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.${var.dns_suffix}" }
    }]
  })
}

# AmazonEKS_CNI_Policy is left out on purpose: with it every node, and what breaks out of a pod, could rewire the
# VPC's interfaces. The CNI has a role of its own.
resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset([
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
  ])

  role       = aws_iam_role.node.name
  policy_arn = "arn:${var.partition}:iam::aws:policy/${each.key}"
}
