resource "aws_vpc" "this" {
  cidr_block = var.cidr

  # Private endpoint names, and the private name of the API server, resolve only with both.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    Name = var.name
  }

  lifecycle {
    prevent_destroy = true
  }
}

# AWS attaches this group to whatever names no other. Without rules it connects nothing.
resource "aws_default_security_group" "closed" {
  vpc_id  = aws_vpc.this.id
  ingress = []
  egress  = []

  tags = {
    Name = "${var.name}-default-closed"
  }
}

module "flow_logs" {
  source = "../flow-logs"

  name           = var.name
  account_id     = var.account_id
  partition      = var.partition
  region         = var.region
  vpc_id         = aws_vpc.this.id
  kms_key_arn    = var.flow_log_kms_key_arn
  retention_days = var.flow_log_retention_days

  permissions_boundary_arn = var.flow_log_permissions_boundary_arn
}
