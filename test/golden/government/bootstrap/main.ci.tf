module "ci" {
  source = "../modules/ci-identity"

  name       = local.name
  account_id = var.account_id
  partition  = local.partition
  region     = local.region
  dns_suffix = local.dns_suffix

  issuer_url           = var.gitlab_url
  audience             = var.gitlab_url
  create_oidc_provider = var.create_oidc_provider

  # GitLab's subject names the branch and no environment: that one has to wait for a person is up to the protected
  # environment in GitLab, and that nothing gets onto the branch without review is up to the protected branch.
  plan_subjects  = ["project_path:${var.repository}:ref_type:branch:ref:${var.default_branch}"]
  apply_subjects = ["project_path:${var.repository}:ref_type:branch:ref:${var.default_branch}"]

  state_bucket_arn = module.state.bucket_arn
  state_key_arn    = module.state.key_arn
}
