# Stand-ins for variables that this repository has no answer for yet, one a line.
# scripts/plan-offline reads them; a real plan never does.

vpc_id = "vpc-0123456789abcdef0"

private_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]

intra_subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]

private_route_table_ids = ["rtb-0123456789abcdef0"]

alert_email = "platform@example.com"
