resource "aws_security_group" "endpoints" {
  name        = "${var.name}-vpc-endpoints"
  description = "Interface endpoints of ${var.name}: HTTPS from the VPC, nothing else"
  vpc_id      = var.vpc_id

  tags = {
    Name = "${var.name}-vpc-endpoints"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# No egress rule: an endpoint answers and never opens a connection.
resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.endpoints.id
  description       = "HTTPS from the VPC"
  cidr_ipv4         = var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
