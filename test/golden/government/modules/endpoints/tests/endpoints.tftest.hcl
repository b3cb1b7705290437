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
  name            = "test"
  account_id      = "111122223333"
  partition       = "aws"
  region          = "eu-west-1"
  vpc_id          = "vpc-0123456789abcdef0"
  vpc_cidr        = "10.40.0.0/16"
  subnet_ids      = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  route_table_ids = ["rtb-0123456789abcdef0"]
  s3_service      = "com.amazonaws.eu-west-1.s3"

  interface_services = {
    "ecr.api" = "com.amazonaws.eu-west-1.ecr.api"
    eks       = "com.amazonaws.eu-west-1.eks"
    sts       = "com.amazonaws.eu-west-1.sts"
  }
}

run "private_names_and_https_from_the_vpc" {
  command = plan

  assert {
    condition     = alltrue([for endpoint in values(aws_vpc_endpoint.interface) : endpoint.private_dns_enabled])
    error_message = "Without private DNS the SDKs go around the endpoint."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.https.cidr_ipv4 == var.vpc_cidr && aws_vpc_security_group_ingress_rule.https.from_port == 443 && aws_vpc_security_group_ingress_rule.https.to_port == 443
    error_message = "Only HTTPS from the VPC may reach the endpoints."
  }
}

run "only_identities_of_this_account" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for endpoint in values(aws_vpc_endpoint.interface) : [
        for statement in jsondecode(endpoint.policy).Statement :
        try(statement.Condition.StringEquals["aws:PrincipalAccount"] == var.account_id, false)
        || (statement.Action == "sts:AssumeRoleWithWebIdentity" && statement.Resource == "arn:aws:iam::111122223333:role/*")
      ]
    ]))
    error_message = "Every statement must hold the caller to this account, or ask for a role of this account."
  }

  assert {
    condition     = anytrue([for statement in jsondecode(aws_vpc_endpoint.interface["sts"].policy).Statement : statement.Action == "sts:AssumeRoleWithWebIdentity"])
    error_message = "IRSA's calls have no principal; without a statement of their own they are denied."
  }

  assert {
    condition     = jsondecode(aws_vpc_endpoint.interface["eks"].policy).Statement[0].Condition.StringEquals["aws:ResourceAccount"] == var.account_id
    error_message = "The EKS endpoint must be held to clusters of this account."
  }
}

run "s3_for_our_buckets_and_image_layers" {
  command = plan

  variables {
    public_image_buckets = ["prod-registry-k8s-io-eu-west-1"]
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_vpc_endpoint.s3.policy).Statement :
      try(statement.Condition.StringEquals["aws:ResourceAccount"] == var.account_id, false) || (statement.Action == "s3:GetObject" && statement.Resource != "*")
    ])
    error_message = "Buckets of others may be read only, and only those that are named."
  }

  assert {
    condition     = strcontains(aws_vpc_endpoint.s3.policy, "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*")
    error_message = "Without ECR's layer bucket no image can be pulled."
  }
}

run "service_of_another_name_is_refused" {
  command = plan

  variables {
    interface_services = { sts = "com.amazonaws.eu-west-1.ec2" }
  }

  expect_failures = [var.interface_services]
}
