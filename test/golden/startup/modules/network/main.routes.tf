locals {
  # Zones that hold a NAT gateway; the first by id where one is shared.
  nat_zones = {
    nat-per-az = keys(var.zones)
    nat        = slice(keys(var.zones), 0, 1)
    none       = []
  }[var.egress]

  # The gateway that each zone's private subnet leaves through.
  nat_zone_of = {
    for id in keys(local.public_zones) : id => var.egress == "nat-per-az" ? id : local.nat_zones[0]
  }
}

resource "aws_internet_gateway" "this" {
  count = var.egress == "none" ? 0 : 1

  vpc_id = aws_vpc.this.id

  tags = {
    Name = var.name
  }
}

resource "aws_eip" "nat" {
  for_each = toset(local.nat_zones)

  domain = "vpc"

  tags = {
    Name = "${var.name}-nat-${each.key}"
  }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = toset(local.nat_zones)

  subnet_id     = aws_subnet.public[each.key].id
  allocation_id = aws_eip.nat[each.key].id

  tags = {
    Name = "${var.name}-${each.key}"
  }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  count = var.egress == "none" ? 0 : 1

  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${var.name}-public"
  }
}

resource "aws_route" "public_internet" {
  count = var.egress == "none" ? 0 : 1

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  for_each = local.public_zones

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_route_table" "private" {
  for_each = var.zones

  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${var.name}-private-${each.key}"
  }
}

resource "aws_route" "private_nat" {
  for_each = local.nat_zone_of

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.value].id
}

resource "aws_route_table_association" "private" {
  for_each = var.zones

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

# Only the local route: nothing but the control plane's interfaces lives here, and they need no way out.
resource "aws_route_table" "intra" {
  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${var.name}-intra"
  }
}

resource "aws_route_table_association" "intra" {
  for_each = var.zones

  subnet_id      = aws_subnet.intra[each.key].id
  route_table_id = aws_route_table.intra.id
}
