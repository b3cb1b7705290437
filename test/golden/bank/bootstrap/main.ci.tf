locals {
  # The subject with ids follows the repository, not its name: whoever takes over a name that became free gets nothing.
  owner_and_name = split("/", var.repository)
  repository     = var.repository_ids == null ? var.repository : "${local.owner_and_name[0]}@${var.repository_ids.owner}/${local.owner_and_name[1]}@${var.repository_ids.repository}"
}

module "ci" {
  source = "../modules/ci-identity"

  name       = local.name
  account_id = var.account_id
  partition  = local.partition
  region     = local.region
  dns_suffix = local.dns_suffix

  # The audience is what the workflows ask GitHub for, the same in every partition.
  issuer_url           = "https://token.actions.githubusercontent.com"
  audience             = "sts.amazonaws.com"
  create_oidc_provider = var.create_oidc_provider

  # Pull requests are planned offline and get no token. A job that names an environment carries it as its subject,
  # instead of the branch, so a plan cannot pass for an apply.
  plan_subjects  = ["repo:${local.repository}:ref:refs/heads/${var.default_branch}"]
  apply_subjects = [for environment in sort(var.environments) : "repo:${local.repository}:environment:${environment}"]

  state_bucket_arn = module.state.bucket_arn
  state_key_arn    = module.state.key_arn
}
