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

run "metadata_is_out_of_reach_of_pods" {
  command = plan

  assert {
    condition = alltrue([
      for template in values(aws_launch_template.node) :
      template.metadata_options[0].http_tokens == "required" && template.metadata_options[0].http_put_response_hop_limit == 1 && template.metadata_options[0].instance_metadata_tags == "disabled"
    ])
    error_message = "IMDSv2 with one hop, without tags."
  }
}

run "volumes_are_encrypted_and_go_with_the_node" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for template in values(aws_launch_template.node) : [
        for volume in template.block_device_mappings :
        volume.ebs[0].encrypted == "true" && volume.ebs[0].kms_key_id == var.volumes_key_arn && volume.ebs[0].volume_type == "gp3" && volume.ebs[0].delete_on_termination == "true"
      ]
    ]))
    error_message = "Every volume: gp3, encrypted with the CMK, deleted with the node."
  }

  assert {
    condition     = { for volume in aws_launch_template.node["bottlerocket"].block_device_mappings : volume.device_name => volume.ebs[0].volume_size } == { "/dev/xvda" = 4, "/dev/xvdb" = 100 }
    error_message = "Both volumes of Bottlerocket must be listed, or one is left unencrypted."
  }

  assert {
    condition     = { for volume in aws_launch_template.node["amazon-linux"].block_device_mappings : volume.device_name => volume.ebs[0].volume_size } == { "/dev/xvda" = 100 }
    error_message = "Amazon Linux has one volume."
  }
}

run "no_public_address" {
  command = plan

  assert {
    condition     = alltrue([for template in values(aws_launch_template.node) : template.network_interfaces[0].associate_public_ip_address == "false" && template.network_interfaces[0].security_groups == toset([var.security_group_id])])
    error_message = "Nodes get no public address and the one security group."
  }

  assert {
    condition     = alltrue([for template in values(aws_launch_template.node) : template.key_name == null])
    error_message = "There is no SSH."
  }
}

run "hardened_user_data" {
  command = plan

  assert {
    condition = alltrue([
      for setting in ["[settings.host-containers.admin]\n# The only way to a root shell on the host.\nenabled = false", "lockdown = \"integrity\"", "seccomp-default = true"] :
      strcontains(base64decode(aws_launch_template.node["bottlerocket"].user_data), setting)
    ])
    error_message = "Bottlerocket: no admin container, kernel lockdown, seccomp by default."
  }

  assert {
    condition = alltrue([
      for setting in ["kind: NodeConfig", "protectKernelDefaults: true", "readOnlyPort: 0", "seccompDefault: true"] :
      strcontains(base64decode(aws_launch_template.node["amazon-linux"].user_data), setting)
    ])
    error_message = "Amazon Linux: the kubelet's settings must be there."
  }
}

run "cni_policy_is_not_on_the_nodes" {
  command = plan

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.node)) == toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonSSMManagedInstanceCore"])
    error_message = "Nodes join, pull and answer SSM; nothing more."
  }
}

run "the_role_stays_within_its_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/acme-ci-boundary"
  }

  assert {
    condition     = aws_iam_role.node.permissions_boundary == var.permissions_boundary_arn
    error_message = "The role must have the boundary: the pipeline may not make it otherwise."
  }
}

run "broken_nodes_are_replaced" {
  command = plan

  assert {
    condition     = alltrue([for group in values(aws_eks_node_group.this) : group.node_repair_config[0].enabled && group.update_config[0].max_unavailable_percentage == 33])
    error_message = "Repair is on, and updates leave two thirds standing."
  }
}

run "sizes_out_of_order_are_refused" {
  command = plan

  variables {
    groups = {
      default = { ami_type = "BOTTLEROCKET_x86_64", instance_types = ["m7i.large"], min_size = 3, desired_size = 2, max_size = 10 }
    }
  }

  expect_failures = [var.groups]
}

run "amazon_linux_2_is_refused" {
  command = plan

  variables {
    groups = {
      default = { ami_type = "AL2_x86_64", instance_types = ["m7i.large"], min_size = 1, desired_size = 2, max_size = 3 }
    }
  }

  expect_failures = [var.groups]
}
