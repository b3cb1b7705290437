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
  cluster_name       = "test"
  partition          = "aws"
  dns_suffix         = "amazonaws.com"
  kubernetes_version = "1.35"
  subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  security_group_id  = "sg-0123456789abcdef0"
  volumes_key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"

  groups = {
    bottlerocket = {
      ami_type       = "BOTTLEROCKET_x86_64"
      instance_types = ["m7i.large"]
      min_size       = 2
      desired_size   = 3
      max_size       = 10
    }
    amazon-linux = {
      ami_type       = "AL2023_ARM_64_STANDARD"
      instance_types = ["m7g.large"]
      capacity_type  = "SPOT"
      min_size       = 0
      desired_size   = 0
      max_size       = 4
      taints         = [{ key = "batch", value = "true", effect = "NO_SCHEDULE" }]
    }
  }
}

run "no_group_is_refused" {
  command = plan

  variables {
    groups = {}
  }

  expect_failures = [var.groups]
}

run "a_name_of_25_letters_is_refused" {
  command = plan

  variables {
    groups = {
      aaaaaaaaaaaaaaaaaaaaaaaaa = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 1, desired_size = 2, max_size = 3 }
    }
  }

  expect_failures = [var.groups]
}

run "a_name_in_capitals_is_refused" {
  command = plan

  variables {
    groups = {
      Default = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 1, desired_size = 2, max_size = 3 }
    }
  }

  expect_failures = [var.groups]
}

run "a_group_that_can_hold_no_node_is_refused" {
  command = plan

  variables {
    groups = {
      default = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 0, desired_size = 0, max_size = 0 }
    }
  }

  expect_failures = [var.groups]
}

run "a_capacity_block_is_refused" {
  command = plan

  variables {
    groups = {
      default = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 1, desired_size = 2, max_size = 3, capacity_type = "CAPACITY_BLOCK" }
    }
  }

  expect_failures = [var.groups]
}

run "no_instance_type_is_refused" {
  command = plan

  variables {
    groups = {
      default = { ami_type = "BOTTLEROCKET_x86_64", instance_types = [], min_size = 1, desired_size = 2, max_size = 3 }
    }
  }

  expect_failures = [var.groups]
}

run "a_disk_of_19_gib_is_refused" {
  command = plan

  variables {
    groups = {
      default = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 1, desired_size = 2, max_size = 3, disk_size_gib = 19 }
    }
  }

  expect_failures = [var.groups]
}

run "effects_as_kubernetes_spells_them_are_refused" {
  command = plan

  variables {
    groups = {
      default = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 1, desired_size = 2, max_size = 3, taints = [{ key = "batch", value = "true", effect = "NoSchedule" }] }
    }
  }

  expect_failures = [var.groups]
}

run "the_longest_name_and_the_smallest_group_are_accepted" {
  command = plan

  variables {
    groups = {
      aaaaaaaaaaaaaaaaaaaaaaaa = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 0, desired_size = 0, max_size = 1, disk_size_gib = 20 }
    }
  }

  assert {
    condition     = one(values(aws_eks_node_group.this)).scaling_config[0].max_size == 1 && one([for volume in one(values(aws_launch_template.node)).block_device_mappings : volume.ebs[0].volume_size if volume.device_name == "/dev/xvdb"]) == 20
    error_message = "Sizes are as told."
  }
}
