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
  cluster_name = "test"

  addons = {
    vpc-cni = {
      version                  = "v1.21.1-eksbuild.1"
      configuration            = "{\"enableNetworkPolicy\":\"false\"}"
      service_account_role_arn = "arn:aws:iam::111122223333:role/test-vpc-cni"
    }
    aws-ebs-csi-driver = {
      version = "v1.55.0-eksbuild.1"
      pod_identity = {
        role_arn        = "arn:aws:iam::111122223333:role/test-ebs-csi"
        service_account = "ebs-csi-controller-sa"
      }
    }
  }
}

run "pinned_with_their_roles" {
  command = plan

  assert {
    condition     = aws_eks_addon.this["vpc-cni"].addon_version == "v1.21.1-eksbuild.1" && aws_eks_addon.this["vpc-cni"].service_account_role_arn == "arn:aws:iam::111122223333:role/test-vpc-cni"
    error_message = "Version and role must arrive."
  }

  assert {
    condition     = one(aws_eks_addon.this["aws-ebs-csi-driver"].pod_identity_association).service_account == "ebs-csi-controller-sa"
    error_message = "Pod Identity is bound by the add-on."
  }
}

run "newest_is_refused" {
  command = plan

  variables {
    addons = { coredns = { version = "latest" } }
  }

  expect_failures = [var.addons]
}

run "two_identities_are_refused" {
  command = plan

  variables {
    addons = {
      vpc-cni = {
        version                  = "v1.21.1-eksbuild.1"
        service_account_role_arn = "arn:aws:iam::111122223333:role/a"
        pod_identity             = { role_arn = "arn:aws:iam::111122223333:role/b", service_account = "aws-node" }
      }
    }
  }

  expect_failures = [var.addons]
}
