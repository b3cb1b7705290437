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
  name                     = "test"
  partition                = "aws"
  kubernetes_version       = "1.35"
  vpc_id                   = "vpc-0123456789abcdef0"
  vpc_cidr                 = "10.40.0.0/16"
  control_plane_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  service_cidr             = "172.20.0.0/16"
  secrets_key_arn          = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
  logs_key_arn             = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000001"
  admin_role_arns          = ["arn:aws:iam::111122223333:role/platform-admin"]
  internet_egress          = false
  s3_prefix_list_id        = "pl-6da54004"
}

run "names_and_versions_of_another_form_are_refused" {
  command = plan

  variables {
    name               = "a_cluster"
    kubernetes_version = "1.35.2"
    support_type       = "standard"
  }

  expect_failures = [var.name, var.kubernetes_version, var.support_type]
}

run "a_name_of_50_letters_is_refused" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "one_subnet_and_a_wide_service_range_are_refused" {
  command = plan

  variables {
    control_plane_subnet_ids = ["subnet-0123456789abcdef0"]
    service_cidr             = "172.0.0.0/11"
  }

  expect_failures = [var.control_plane_subnet_ids, var.service_cidr]
}

run "one_subnet_twice_and_a_narrow_service_range_are_refused" {
  command = plan

  variables {
    control_plane_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef0"]
    service_cidr             = "172.20.0.0/25"
  }

  expect_failures = [var.control_plane_subnet_ids, var.service_cidr]
}

run "half_the_world_is_refused" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "a_user_in_charge_and_access_without_a_permission_are_refused" {
  command = plan

  variables {
    admin_role_arns = ["arn:aws:iam::111122223333:user/somebody"]
    access_entries = {
      ops = { principal_arn = "arn:aws:iam::111122223333:role/ops" }
    }
  }

  expect_failures = [var.admin_role_arns, var.access_entries]
}

run "a_wildcard_in_charge_and_access_of_two_kinds_are_refused" {
  command = plan

  variables {
    admin_role_arns = ["arn:aws:iam::111122223333:role/*"]
    access_entries = {
      ops = { principal_arn = "arn:aws:iam::111122223333:role/ops", access_policy = "AmazonEKSViewPolicy", kubernetes_groups = ["ops"] }
    }
  }

  expect_failures = [var.admin_role_arns, var.access_entries]
}

run "groups_of_kubernetes_itself_are_refused" {
  command = plan

  variables {
    access_entries = {
      ops = { principal_arn = "arn:aws:iam::111122223333:role/ops", kubernetes_groups = ["ops", "system:nodes"] }
    }
  }

  expect_failures = [var.access_entries]
}

run "ports_that_are_open_already_and_ranges_backwards_are_refused" {
  command = plan

  variables {
    webhook_ports = [8443, 10250]
    low_pod_ports = [53, 80]
    node_egress_rules = {
      database = { description = "PostgreSQL", cidr = "10.50.0.0/16", from_port = 5433, to_port = 5432 }
    }
  }

  expect_failures = [var.webhook_ports, var.low_pod_ports, var.node_egress_rules]
}

run "ports_that_do_not_exist_are_refused" {
  command = plan

  variables {
    webhook_ports = [65536]
    low_pod_ports = [0]
    node_egress_rules = {
      database = { description = "PostgreSQL", cidr = "10.50.0.0/16", from_port = 5432, to_port = 65536 }
    }
  }

  expect_failures = [var.webhook_ports, var.low_pod_ports, var.node_egress_rules]
}

run "high_pod_ports_and_other_protocols_are_refused" {
  command = plan

  variables {
    low_pod_ports = [1025]
    node_egress_rules = {
      all = { description = "Everything", cidr = "10.50.0.0/16", protocol = "-1", from_port = 1, to_port = 65535 }
    }
  }

  expect_failures = [var.low_pod_ports, var.node_egress_rules]
}

run "traffic_to_a_host_name_is_refused" {
  command = plan

  variables {
    node_egress_rules = {
      database = { description = "PostgreSQL", cidr = "database.acme.example", from_port = 5432, to_port = 5432 }
    }
  }

  expect_failures = [var.node_egress_rules]
}

run "widest_and_longest_are_accepted" {
  command = plan

  variables {
    name                = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    service_cidr        = "172.16.0.0/12"
    public_access_cidrs = ["9.0.0.0/8"]
    log_retention_days  = 3653
    webhook_ports       = [1, 65535]
    low_pod_ports       = [1, 1024]
    node_egress_rules = {
      all = { description = "Everything", cidr = "10.50.0.0/16", protocol = "udp", from_port = 1, to_port = 65535 }
    }
  }

  assert {
    condition     = aws_eks_cluster.this.name == var.name && aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr == var.service_cidr
    error_message = "Name and services are as told."
  }
}
