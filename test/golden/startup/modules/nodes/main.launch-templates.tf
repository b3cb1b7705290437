locals {
  bottlerocket = { for name, group in var.groups : name => startswith(group.ami_type, "BOTTLEROCKET_") }

  # Bottlerocket has two volumes: /dev/xvda with the system, fixed in size, and /dev/xvdb with images, containers and
  # logs. Leaving one out leaves it unencrypted. Amazon Linux has everything on /dev/xvda.
  volumes = {
    for name, group in var.groups : name => (
      local.bottlerocket[name]
      ? { "/dev/xvda" = 4, "/dev/xvdb" = group.disk_size_gib }
      : { "/dev/xvda" = group.disk_size_gib }
    )
  }
}

resource "aws_launch_template" "node" {
  for_each = var.groups

  name_prefix            = "${var.cluster_name}-${each.key}-"
  description            = "Nodes of group ${each.key}"
  update_default_version = true

  # No image, instance type or profile: EKS fills them in. No key pair: there is no SSH, sessions go through SSM.
  user_data = base64encode(
    local.bottlerocket[each.key]
    ? file("${path.module}/user-data/bottlerocket.toml")
    : file("${path.module}/user-data/amazon-linux.mime")
  )

  ebs_optimized = true

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"

    # One hop ends at the node: a pod that asks for the node's credentials gets no answer.
    http_put_response_hop_limit = 1
    http_protocol_ipv6          = "disabled"
    instance_metadata_tags      = "disabled"
  }

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [var.security_group_id]
  }

  dynamic "block_device_mappings" {
    for_each = local.volumes[each.key]

    content {
      device_name = block_device_mappings.key

      ebs {
        volume_type           = "gp3"
        volume_size           = block_device_mappings.value
        encrypted             = true
        kms_key_id            = var.volumes_key_arn
        delete_on_termination = true
      }
    }
  }

  monitoring {
    enabled = true
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "network-interface", "volume"])

    content {
      resource_type = tag_specifications.key
      tags          = merge(var.tags, { Name = "${var.cluster_name}-${each.key}" })
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
