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
  name             = "test-vpc-cni"
  account_id       = "111122223333"
  partition        = "aws"
  cluster_name     = "test"
  namespace        = "kube-system"
  service_account  = "aws-node"
  managed_policies = ["AmazonEKS_CNI_Policy"]
}

run "one_service_account_of_one_cluster" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role.this.assume_role_policy).Statement :
      statement.Principal.Service == "pods.eks.amazonaws.com"
      && statement.Condition.StringEquals == {
        "aws:RequestTag/eks-cluster-name"           = "test"
        "aws:RequestTag/kubernetes-namespace"       = "kube-system"
        "aws:RequestTag/kubernetes-service-account" = "aws-node"
        "aws:SourceAccount"                         = "111122223333"
      }
    ])
    error_message = "Account, cluster, namespace and service account must all be pinned."
  }

  assert {
    condition     = length(aws_eks_pod_identity_association.this) == 1
    error_message = "The association is made here unless an add-on makes it."
  }
}

run "association_of_the_addon" {
  command = plan

  variables {
    create_association = false
  }

  assert {
    condition     = length(aws_eks_pod_identity_association.this) == 0
    error_message = "Two associations for one service account are refused by EKS."
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
    namespace = "kube-*"
  }

  expect_failures = [var.namespace]
}
