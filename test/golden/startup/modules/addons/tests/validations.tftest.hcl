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

run "configuration_in_yaml_is_refused" {
  command = plan

  variables {
    addons = {
      vpc-cni = { version = "v1.21.1-eksbuild.1", configuration = "enableNetworkPolicy: false" }
    }
  }

  expect_failures = [var.addons]
}
