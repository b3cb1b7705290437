# No credentials and no network: the real provider plans with dummy keys.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  name              = "test-vpc-cni"
  partition         = "aws"
  oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
  oidc_issuer       = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
  namespace         = "kube-system"
  service_account   = "aws-node"
  managed_policies  = ["AmazonEKS_CNI_Policy"]
}

run "one_service_account" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role.this.assume_role_policy).Statement :
      statement.Action == "sts:AssumeRoleWithWebIdentity"
      && keys(statement.Condition) == ["StringEquals"]
      && statement.Condition.StringEquals == { "${var.oidc_issuer}:aud" = "sts.amazonaws.com", "${var.oidc_issuer}:sub" = "system:serviceaccount:kube-system:aws-node" }
    ])
    error_message = "Subject and audience must be exact."
  }
}

run "the_role_stays_within_its_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/acme-ci-boundary"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == var.permissions_boundary_arn
    error_message = "The role must have the boundary: the pipeline may not make it otherwise."
  }
}

run "wildcards_are_refused" {
  command = plan

  variables {
    service_account = "*"
  }

  expect_failures = [var.service_account]
}
