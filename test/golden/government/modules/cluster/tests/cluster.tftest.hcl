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
  name                     = "test"
  partition                = "aws"
  kubernetes_version       = "1.35"
  vpc_id                   = "vpc-0123456789abcdef0"
  vpc_cidr                 = "10.40.0.0/16"
  control_plane_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  service_cidr             = "172.20.0.0/16"
  secrets_key_arn          = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
  logs_key_arn             = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000001"
  admin_role_arns          = ["arn:aws:iam::111122223333:role/platform-admin"]
  internet_egress          = false
  s3_prefix_list_id        = "pl-6da54004"
}

run "private_and_audited" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "The endpoint must be private."
  }

  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["api", "audit", "authenticator", "controllerManager", "scheduler"])
    error_message = "All five logs must be on."
  }

  assert {
    condition     = aws_cloudwatch_log_group.control_plane.name == "/aws/eks/test/cluster" && aws_cloudwatch_log_group.control_plane.retention_in_days >= 365 && aws_cloudwatch_log_group.control_plane.kms_key_id == var.logs_key_arn
    error_message = "The log group must be ours: this name, a year, our key."
  }
}

run "own_key_for_secrets" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"]) && aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == var.secrets_key_arn
    error_message = "Secrets must be encrypted with the CMK."
  }
}

run "access_by_entries_only" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Access is by entries, and the creator gets none."
  }

  assert {
    condition     = aws_eks_access_policy_association.admin["arn:aws:iam::111122223333:role/platform-admin"].policy_arn == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    error_message = "The named administrator must be one."
  }
}

run "no_open_security_group" {
  command = plan

  assert {
    condition = alltrue([
      for rule in concat(values(aws_vpc_security_group_ingress_rule.nodes_from_control_plane), values(aws_vpc_security_group_ingress_rule.nodes_from_nodes), [aws_vpc_security_group_ingress_rule.control_plane_from_nodes]) :
      rule.cidr_ipv4 == null && rule.description != "" && rule.ip_protocol != "-1"
    ])
    error_message = "Traffic comes in from the two groups only, by port, and says why."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.nodes_to_internet) == 0
    error_message = "Without a way out of the VPC there must be no rule for it."
  }
}

run "public_for_listed_ranges" {
  command = plan

  variables {
    public_access_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].endpoint_private_access && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "A public endpoint must keep the private one and be limited to the list."
  }
}

run "the_role_stays_within_its_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/acme-ci-boundary"
  }

  assert {
    condition     = aws_iam_role.cluster.permissions_boundary == var.permissions_boundary_arn
    error_message = "The role must have the boundary: the pipeline may not make it otherwise."
  }
}

run "open_to_the_world_is_refused" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "nobody_in_charge_is_refused" {
  command = plan

  variables {
    admin_role_arns = []
  }

  expect_failures = [var.admin_role_arns]
}

run "system_masters_is_refused" {
  command = plan

  variables {
    access_entries = {
      ops = { principal_arn = "arn:aws:iam::111122223333:role/ops", kubernetes_groups = ["system:masters"] }
    }
  }

  expect_failures = [var.access_entries]
}

run "short_retention_is_refused" {
  command = plan

  variables {
    log_retention_days = 30
  }

  expect_failures = [var.log_retention_days]
}
