# Two groups, one for each side, and a rule for each kind of traffic. EKS adds a group of its own to the
# control plane's interfaces; it connects members to one another, and the nodes are not members.
resource "aws_security_group" "control_plane" {
  name        = "${var.name}-control-plane"
  description = "Control plane interfaces of ${var.name}"
  vpc_id      = var.vpc_id

  tags = {
    Name = "${var.name}-control-plane"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# No kubernetes.io/cluster tag: the AWS Load Balancer Controller refuses to choose where it finds two groups with it.
resource "aws_security_group" "nodes" {
  #checkov:skip=CKV2_AWS_5:The launch templates of the nodes module attach it.

  name        = "${var.name}-nodes"
  description = "Nodes of ${var.name} and their pods"
  vpc_id      = var.vpc_id

  tags = {
    Name = "${var.name}-nodes"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "control_plane_from_nodes" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "Kubernetes API from the nodes"
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "control_plane_from_clients" {
  for_each = var.api_client_security_groups

  security_group_id            = aws_security_group.control_plane.id
  description                  = "Kubernetes API from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

locals {
  # What the control plane calls on nodes and pods.
  control_plane_calls = merge(
    {
      kubelet        = { port = 10250, description = "Kubelet: logs, exec, metrics" }
      metrics-server = { port = 10251, description = "metrics-server, an aggregated API" }
    },
    {
      for port in var.webhook_ports : "webhook-${port}" => {
        port        = port
        description = "Admission webhooks and aggregated APIs on ${port}"
      }
    },
  )

  # What nodes and their pods call on one another. Pods have addresses of the nodes' interfaces, so this group is
  # theirs too, but only between nodes: a narrow list would hold or not by where the scheduler puts a pod. Who may
  # call whom is therefore the business of network policies, and this keeps the host's own low ports closed.
  node_calls = merge(
    {
      dns-tcp  = { protocol = "tcp", from_port = 53, to_port = 53, description = "DNS between nodes and pods, TCP" }
      dns-udp  = { protocol = "udp", from_port = 53, to_port = 53, description = "DNS between nodes and pods, UDP" }
      pods-tcp = { protocol = "tcp", from_port = 1025, to_port = 65535, description = "Kubelets and pods, TCP" }
      pods-udp = { protocol = "udp", from_port = 1025, to_port = 65535, description = "Pods, UDP" }
    },
    {
      for port in var.low_pod_ports : "pods-tcp-${port}" => {
        protocol    = "tcp"
        from_port   = port
        to_port     = port
        description = "Pods on ${port}"
      }
    },
  )
}

resource "aws_vpc_security_group_egress_rule" "control_plane_to_nodes" {
  for_each = local.control_plane_calls

  security_group_id            = aws_security_group.control_plane.id
  description                  = each.value.description
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "nodes_from_control_plane" {
  for_each = local.control_plane_calls

  security_group_id            = aws_security_group.nodes.id
  description                  = each.value.description
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "nodes_from_nodes" {
  #checkov:skip=CKV_AWS_25:The source is this group itself, no address range.

  for_each = local.node_calls

  security_group_id            = aws_security_group.nodes.id
  description                  = each.value.description
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.from_port
  to_port                      = each.value.to_port
}

resource "aws_vpc_security_group_egress_rule" "nodes_to_nodes" {
  for_each = local.node_calls

  security_group_id            = aws_security_group.nodes.id
  description                  = each.value.description
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.from_port
  to_port                      = each.value.to_port
}

# The API server and the interface endpoints. The VPC's resolver and clock need no rule.
resource "aws_vpc_security_group_egress_rule" "nodes_to_vpc" {
  security_group_id = aws_security_group.nodes.id
  description       = "HTTPS in the VPC: API server and interface endpoints"
  cidr_ipv4         = var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "nodes_to_s3" {
  security_group_id = aws_security_group.nodes.id
  description       = "HTTPS to S3 through the gateway endpoint: image layers"
  prefix_list_id    = var.s3_prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Registries, package repositories and AWS services without an endpoint; only HTTPS.
#trivy:ignore:AVD-AWS-0104 Only HTTPS, only where the VPC has NAT: registries and services without an endpoint.
resource "aws_vpc_security_group_egress_rule" "nodes_to_internet" {
  count = var.internet_egress ? 1 : 0

  security_group_id = aws_security_group.nodes.id
  description       = "HTTPS to the internet, through NAT"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "nodes_further" {
  for_each = var.node_egress_rules

  security_group_id = aws_security_group.nodes.id
  description       = each.value.description
  cidr_ipv4         = each.value.cidr
  ip_protocol       = each.value.protocol
  from_port         = each.value.from_port
  to_port           = each.value.to_port
}
