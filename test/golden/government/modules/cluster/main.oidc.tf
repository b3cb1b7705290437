# Lets IAM believe the cluster's service-account tokens. It trusts nobody by itself: a role has to name it.
# No thumbprint: for EKS's issuer IAM relies on its own list of certificate authorities.
resource "aws_iam_openid_connect_provider" "this" {
  url = aws_eks_cluster.this.identity[0].oidc[0].issuer

  # The audience in the tokens, not an address: it is the same in every partition.
  client_id_list = ["sts.amazonaws.com"]

  tags = {
    Name = var.name
  }

  lifecycle {
    prevent_destroy = true
  }
}
