locals {
  issuer       = trimprefix(var.issuer_url, "https://")
  provider_arn = "arn:${var.partition}:iam::${var.account_id}:oidc-provider/${local.issuer}"
}

# The pipeline proves who it is with a token that lives for minutes; there is no access key to store, or to lose.
resource "aws_iam_openid_connect_provider" "ci" {
  count = var.create_oidc_provider ? 1 : 0

  url            = var.issuer_url
  client_id_list = [var.audience]

  # Other repositories may have come to rely on it.
  lifecycle {
    prevent_destroy = true
  }
}
