# No credentials and no network: the real provider plans with dummy keys.
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  account_id      = "111122223333"
  admin_role_arns = ["arn:aws:iam::111122223333:role/platform-admin"]
}

run "the_parts_fit_together" {
  command = plan

  assert {
    condition     = output.cluster_name == "acme-platform-prod" && output.region == "us-east-1"
    error_message = "Cluster and region are those of prod."
  }

  assert {
    condition     = output.control_plane_log_group_name == "/aws/eks/${output.cluster_name}/cluster" && output.flow_log_group_name == "/aws/vpc/${output.cluster_name}/flow-logs"
    error_message = "Control plane and flow logs go to groups that the logs key's policy names."
  }

  assert {
    condition     = toset(keys(output.identity_role_arns)) == toset(keys(local.identities))
    error_message = "Each identity has its role."
  }

  assert {
    condition = toset(keys(output.node_group_names)) == toset([
      "default",
    ])
    error_message = "Each group has its nodes."
  }

  assert {
    condition     = alltrue([for name, identity in local.identities : identity.service_account != "" && !strcontains(identity.service_account, "*") && !strcontains(identity.namespace, "*")])
    error_message = "An identity is one service account of one namespace."
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.volumes_key.statement :
      statement.sid => [for condition in statement.condition : "${condition.variable} ${condition.test} ${join(",", condition.values)}"]
      } == {
      EncryptVolumesThroughEC2 = ["kms:ViaService StringEquals ec2.${local.region}.${local.dns_suffix}"]
      AttachVolumes            = ["kms:GrantIsForAWSResource Bool true"]
    }
    error_message = "Roles use the volumes key through EC2, and make grants for AWS resources only."
  }
}

run "an_account_id_has_12_digits" {
  command = plan

  variables {
    account_id = "1111-2222-3333"
  }

  expect_failures = [var.account_id]
}

run "somebody_administers_the_cluster" {
  command = plan

  variables {
    admin_role_arns = []
  }

  expect_failures = [var.admin_role_arns]
}

run "somebody_administers_the_keys" {
  command = plan

  variables {
    key_admin_role_arns = []
  }

  expect_failures = [var.key_admin_role_arns]
}
