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
  name             = "test"
  account_id       = "111122223333"
  partition        = "aws"
  region           = "eu-west-1"
  dns_suffix       = "amazonaws.com"
  key_admin_arns   = ["arn:aws:iam::111122223333:role/key-admin"]
  cluster_role_arn = "arn:aws:iam::111122223333:role/test-cluster"
  volume_role_arns = ["arn:aws:iam::111122223333:role/test-ebs-csi"]

  log_group_arn_patterns = ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/eks/test/*"]
}

run "rotation_and_a_month_to_think" {
  command = plan

  assert {
    condition     = alltrue([for key in [aws_kms_key.secrets, aws_kms_key.volumes, aws_kms_key.logs] : key.enable_key_rotation && key.deletion_window_in_days == 30])
    error_message = "Every key must rotate and wait 30 days before it is deleted."
  }
}

run "iam_alone_cannot_hand_out_the_keys" {
  command = plan

  # Statements for the whole account either care for the key or are bound by a condition.
  assert {
    condition = alltrue(flatten([
      for key in [aws_kms_key.secrets, aws_kms_key.volumes, aws_kms_key.logs] : [
        for statement in jsondecode(key.policy).Statement :
        try(length(statement.Condition), 0) > 0 || length(setintersection(flatten([statement.Action]), ["kms:*", "kms:Create*", "kms:CreateGrant", "kms:Decrypt", "kms:Decrypt*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:RevokeGrant", "kms:ScheduleKeyDeletion"])) == 0
        if try(statement.Principal.AWS, "") == "arn:aws:iam::111122223333:root"
      ]
    ]))
    error_message = "An account-wide statement without condition must not allow use, grants or deletion."
  }

  assert {
    condition = alltrue([
      for key in [aws_kms_key.secrets, aws_kms_key.volumes, aws_kms_key.logs] : anytrue([
        for statement in jsondecode(key.policy).Statement :
        contains(flatten([statement.Action]), "kms:ScheduleKeyDeletion") && try(statement.Principal.AWS, "") == "arn:aws:iam::111122223333:role/key-admin"
      ])
    ])
    error_message = "Deletion is for the named administrators."
  }
}

run "secrets_key_works_for_eks" {
  command = plan

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.secrets.policy).Statement :
      statement.Action == "kms:CreateGrant" && statement.Condition.StringEquals["kms:ViaService"] == "eks.eu-west-1.amazonaws.com" && statement.Condition.StringEquals["kms:CallerAccount"] == var.account_id
      if can(statement.Condition.StringEquals["kms:ViaService"])
    ])
    error_message = "Whoever creates the cluster needs a grant, through EKS only."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.secrets.policy).Statement :
      contains(flatten([statement.Action]), "kms:Decrypt") && statement.Condition.ArnEquals["aws:PrincipalArn"] == var.cluster_role_arn
      if can(statement.Condition.ArnEquals["aws:PrincipalArn"])
    ])
    error_message = "The cluster's role must be able to use the key."
  }
}

run "volumes_key_works_for_auto_scaling" {
  command = plan

  assert {
    condition = length([
      for statement in jsondecode(aws_kms_key.volumes.policy).Statement : statement
      if try(statement.Principal.AWS, "") == "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    ]) == 2
    error_message = "Auto Scaling needs use of the key and grants for volumes, or no node starts."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.volumes.policy).Statement :
      try(statement.Condition.Bool["kms:GrantIsForAWSResource"] == "true", false)
      if contains(flatten([statement.Action]), "kms:CreateGrant")
    ])
    error_message = "Grants may be made for AWS resources only."
  }
}

run "logs_key_is_for_our_groups" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.logs.policy).Statement :
      [statement.Principal.Service, statement.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"]]
      if can(statement.Principal.Service)
    ] == [["logs.eu-west-1.amazonaws.com", var.log_group_arn_patterns[0]]]
    error_message = "CloudWatch Logs may use the key for the cluster's groups only."
  }
}

run "suffix_of_another_partition" {
  command = plan

  variables {
    partition        = "aws-cn"
    region           = "cn-north-1"
    dns_suffix       = "amazonaws.com.cn"
    key_admin_arns   = ["arn:aws-cn:iam::111122223333:role/key-admin"]
    cluster_role_arn = "arn:aws-cn:iam::111122223333:role/test-cluster"
  }

  assert {
    condition     = strcontains(aws_kms_key.logs.policy, "\"logs.cn-north-1.amazonaws.com.cn\"") && !strcontains(aws_kms_key.secrets.policy, "arn:aws:iam")
    error_message = "Principals must belong to the partition."
  }
}

run "nobody_in_charge_is_refused" {
  command = plan

  variables {
    key_admin_arns = []
  }

  expect_failures = [var.key_admin_arns]
}
