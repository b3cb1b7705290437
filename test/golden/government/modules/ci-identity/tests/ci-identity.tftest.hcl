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
  name             = "acme"
  account_id       = "111122223333"
  partition        = "aws"
  region           = "eu-west-1"
  dns_suffix       = "amazonaws.com"
  issuer_url       = "https://token.actions.githubusercontent.com"
  audience         = "sts.amazonaws.com"
  plan_subjects    = ["repo:acme@1/platform@2:ref:refs/heads/main"]
  apply_subjects   = ["repo:acme@1/platform@2:environment:prod"]
  state_bucket_arn = "arn:aws:s3:::acme-tfstate-111122223333-eu-west-1"
  state_key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
}

run "trusts_name_audience_and_subject_exactly" {
  command = plan

  assert {
    condition = alltrue([
      for role, subject in { plan = "repo:acme@1/platform@2:ref:refs/heads/main", apply = "repo:acme@1/platform@2:environment:prod" } :
      alltrue([
        for statement in jsondecode(aws_iam_role.ci[role].assume_role_policy).Statement :
        statement.Action == "sts:AssumeRoleWithWebIdentity"
        && statement.Principal.Federated == "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
        && keys(statement.Condition) == ["StringEquals"]
        && statement.Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
        && statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"] == subject
      ])
    ])
    error_message = "Each role must trust its own subject and audience, compared exactly."
  }

  assert {
    condition     = aws_iam_role.ci["plan"].max_session_duration == 3600
    error_message = "A plan needs an hour at most."
  }
}

run "plan_role_writes_nothing_but_locks" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.state["plan"].policy).Statement :
      alltrue([for resource in flatten([statement.Resource]) : endswith(resource, ".tflock")])
      if length([for action in flatten([statement.Action]) : action if can(regex("^s3:(Put|Delete)", action))]) > 0
    ])
    error_message = "The plan role may write lock objects only."
  }

  assert {
    condition = alltrue([
      for action in flatten([for statement in jsondecode(aws_iam_policy.read.policy).Statement : statement.Action]) :
      can(regex("^[a-z0-9]+:(Describe|Get|List)", action))
    ])
    error_message = "The read policy may describe, get and list only."
  }

  assert {
    condition = !anytrue([
      for action in flatten([for statement in jsondecode(aws_iam_policy.read.policy).Statement : statement.Action]) :
      can(regex("^(s3|ssm|secretsmanager|logs):(Get|\\*)", action))
    ])
    error_message = "The read policy must not read data: no objects, parameters, secrets or log events."
  }

  assert {
    condition     = alltrue([for attachment in aws_iam_role_policy_attachment.apply : attachment.role == "acme-ci-apply"])
    error_message = "What writes is attached to the apply role only."
  }
}

run "neither_role_reaches_the_state_of_bootstrap" {
  command = plan

  assert {
    condition = alltrue([
      for role in ["plan", "apply"] :
      alltrue([
        for resource in flatten([for statement in jsondecode(aws_iam_role_policy.state[role].policy).Statement : statement.Resource]) :
        can(regex("/(accounts|environments)/\\*/terraform\\.tfstate(\\.tflock)?$", resource))
        if startswith(resource, "arn:aws:s3:::acme-tfstate-111122223333-eu-west-1/")
      ])
    ])
    error_message = "bootstrap/ describes these roles; its state is not theirs."
  }
}

run "apply_role_deletes_nothing_that_cannot_come_back" {
  command = plan

  assert {
    condition = length(setintersection(
      flatten([
        for policy in [aws_iam_policy.network, aws_iam_policy.services, aws_iam_policy.identity] :
        [for statement in jsondecode(policy.policy).Statement : statement.Action]
      ]),
      [
        "*",
        "ec2:*",
        "ec2:DeleteVpc",
        "ec2:DisableEbsEncryptionByDefault",
        "ec2:DisableSnapshotBlockPublicAccess",
        "eks:*",
        "eks:AccessKubernetesApi",
        "eks:DeleteCluster",
        "guardduty:*",
        "guardduty:DeleteDetector",
        "iam:*",
        "iam:CreateAccessKey",
        "iam:CreateUser",
        "kms:*",
        "kms:DisableKey",
        "kms:ScheduleKeyDeletion",
        "logs:*",
        "logs:DeleteLogGroup",
        "s3:*",
      ],
    )) == 0
    error_message = "No wildcard over a service, and nothing that takes away a cluster, key, VPC, log group, detector or default."
  }
}

run "iam_is_limited_to_the_project" {
  command = plan

  assert {
    condition = alltrue([
      for resource in flatten([for statement in jsondecode(aws_iam_policy.identity.policy).Statement : statement.Resource]) :
      anytrue([
        startswith(resource, "arn:aws:iam::111122223333:role/acme-"),
        startswith(resource, "arn:aws:iam::111122223333:policy/acme-"),
        resource == "arn:aws:iam::111122223333:role/aws-service-role/*",
        resource == "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/*",
      ])
    ])
    error_message = "IAM is written under the project's prefix only."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_policy.identity.policy).Statement :
      length(try(statement.Condition.ArnLike["iam:PolicyARN"], [])) > 0
      && alltrue([for arn in statement.Condition.ArnLike["iam:PolicyARN"] : !strcontains(arn, "aws:policy/*") && !endswith(arn, "/AdministratorAccess")])
      if contains(flatten([statement.Action]), "iam:AttachRolePolicy")
    ])
    error_message = "Only listed policies can be attached."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_policy.identity.policy).Statement :
      length(try(statement.Condition.StringEquals["iam:PassedToService"], [])) > 0
      if contains(flatten([statement.Action]), "iam:PassRole")
    ])
    error_message = "Roles are handed to named services only."
  }
}

run "apply_role_cannot_widen_itself" {
  command = plan

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_policy.guard.policy).Statement :
      statement.Effect == "Deny"
      && length(setsubtract(["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", "arn:aws:iam::111122223333:policy/acme-ci-*", "arn:aws:iam::111122223333:role/acme-ci-apply", "arn:aws:iam::111122223333:role/acme-ci-plan"], flatten([statement.Resource]))) == 0
      && alltrue([for action in try(statement.NotAction, ["*"]) : can(regex("^iam:(Get|List)", action))])
    ])
    error_message = "Everything but reading must be denied on the pipeline's own roles, policies and issuer."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.apply["guard"].role == "acme-ci-apply"
    error_message = "The guard must be attached."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_policy.guard.policy).Statement :
      statement.Effect == "Deny" && contains(flatten([statement.Resource]), var.state_key_arn) && !contains(try(statement.NotAction, ["kms:PutKeyPolicy"]), "kms:PutKeyPolicy")
    ])
    error_message = "The key of the states must be out of reach."
  }
}

run "apply_role_cannot_let_anyone_break_the_glass" {
  command = plan

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_policy.guard.policy).Statement :
      statement.Effect == "Deny"
      && contains(flatten([statement.Resource]), "arn:aws:iam::111122223333:role/acme-break-glass")
      && alltrue([for action in try(statement.NotAction, ["*"]) : can(regex("^iam:(Get|List)", action))])
    ])
    error_message = "Everything but reading must be denied on the break-glass role."
  }
}

run "apply_role_makes_no_role_without_the_boundary" {
  command = plan

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_policy.guard.policy).Statement :
      statement.Effect == "Deny"
      && statement.Resource == "*"
      && length(setsubtract(["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"], try(flatten([statement.Action]), []))) == 0
      && try(statement.Condition, {}) == { StringNotEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/acme-ci-boundary" } }
    ])
    error_message = "Roles must be out of reach unless they have the boundary."
  }

  assert {
    condition     = aws_iam_policy.boundary.name == "acme-ci-boundary"
    error_message = "Environments build this name; it must not change."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_policy.boundary.policy).Statement :
      length(setsubtract(["account:*", "iam:*", "organizations:*"], try(statement.NotAction, []))) == 0
      || flatten([try(statement.Action, [])]) == ["iam:CreateServiceLinkedRole"]
      if statement.Effect == "Allow"
    ])
    error_message = "The boundary must leave IAM, the account and its organisation out."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_policy.boundary.policy).Statement :
      statement.Effect == "Deny" && try(statement.Action, "") == "sts:AssumeRole" && statement.Resource == "arn:aws:iam::111122223333:role/*"
    ])
    error_message = "A role within the boundary must not become another one."
  }
}

run "an_existing_provider_is_used" {
  command = plan

  variables {
    create_oidc_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.ci) == 0
    error_message = "AWS allows one provider per issuer."
  }
}

run "a_wildcard_in_a_subject_is_refused" {
  command = plan

  variables {
    plan_subjects  = ["repo:acme/platform:*"]
    apply_subjects = ["repo:acme@1/platform@2:environment:prod", "repo:acme/*:environment:prod"]
  }

  expect_failures = [var.apply_subjects, var.plan_subjects]
}

run "an_administrator_policy_is_refused" {
  command = plan

  variables {
    attachable_policies = ["AdministratorAccess"]
  }

  expect_failures = [var.attachable_policies]
}
