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
  name           = "acme"
  account_id     = "111122223333"
  partition      = "aws"
  region         = "eu-west-1"
  dns_suffix     = "amazonaws.com"
  key_admin_arns = ["arn:aws:iam::111122223333:role/platform-admin"]
}

run "bucket_is_private_versioned_and_encrypted_with_our_key" {
  command = plan

  assert {
    condition     = aws_s3_bucket.state.bucket == "acme-tfstate-111122223333-eu-west-1"
    error_message = "Backends build this name; it must not change."
  }

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "Without versions there is no way back from a bad apply."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms"
    error_message = "The bucket's default must be KMS."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls,
      aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls,
      aws_s3_bucket_public_access_block.state.restrict_public_buckets,
    ])
    error_message = "All four public access blocks must be on."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.state.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "ACLs must be off."
  }
}

run "bucket_policy_denies_what_it_must" {
  command = plan

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.bucket.json).Statement :
      statement.Effect == "Deny" && statement.Action == "s3:*" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
    ])
    error_message = "Plain HTTP must be denied."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.bucket.json).Statement :
      statement.Effect == "Deny" && try(statement.Condition.NumericLessThan["s3:TlsVersion"], "") == "1.2"
    ])
    error_message = "TLS before 1.2 must be denied."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.bucket.json).Statement :
      statement.Effect == "Deny"
      && try(statement.Condition.StringNotEquals["s3:x-amz-server-side-encryption"], "") == "aws:kms"
      && try(statement.Condition.Null["s3:x-amz-server-side-encryption"], "") == "false"
    ])
    error_message = "An object under another encryption must be denied, one under the default must not."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.bucket.json).Statement :
      statement.Effect == "Deny"
      && contains(flatten([statement.Action]), "s3:DeleteObjectVersion")
      && contains(flatten([try(statement.Condition.ArnNotEquals["aws:PrincipalArn"], [])]), "arn:aws:iam::111122223333:role/platform-admin")
    ])
    error_message = "Only the named administrators may remove versions."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.bucket.json).Statement :
      statement.Effect == "Deny"
      && length(setsubtract(["s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"], flatten([statement.Action]))) == 0
      && contains(flatten([try(statement.Condition.ArnNotEquals["aws:PrincipalArn"], [])]), "arn:aws:iam::111122223333:role/platform-admin")
    ])
    error_message = "Only the named administrators may change what keeps versions, and this policy."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.bucket.json).Statement :
      statement.Effect == "Deny" && try(statement.Condition.Null["s3:x-amz-server-side-encryption-customer-algorithm"], "") == "false"
    ])
    error_message = "An object under a key of the caller must be denied."
  }
}

run "key_rotates_and_is_used_through_s3_only" {
  command = plan

  assert {
    condition     = aws_kms_key.state.enable_key_rotation && aws_kms_key.state.deletion_window_in_days == 30
    error_message = "The key must rotate, and its deletion take 30 days."
  }

  assert {
    condition     = aws_kms_alias.state.name == "alias/acme-tfstate"
    error_message = "Backends name this alias; it must not change."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.state.policy).Statement :
      try(statement.Condition.StringEquals["kms:ViaService"], "") == "s3.eu-west-1.amazonaws.com"
      if length(setintersection(flatten([statement.Action]), ["kms:*", "kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"])) > 0
    ])
    error_message = "Data may be encrypted and decrypted through S3 only."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.state.policy).Statement :
      flatten([statement.Principal.AWS]) == ["arn:aws:iam::111122223333:role/platform-admin"]
      if contains(flatten([statement.Action]), "kms:ScheduleKeyDeletion") || contains(flatten([statement.Action]), "kms:DisableKey")
    ])
    error_message = "Only the named administrators may disable or delete the key."
  }
}

run "no_access_logs_without_a_bucket_for_them" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_logging.state) == 0
    error_message = "Without a bucket there is nowhere to log to."
  }
}

run "access_logs_where_a_bucket_is_named" {
  command = plan

  variables {
    access_log_bucket = "acme-access-logs"
  }

  assert {
    condition     = one(aws_s3_bucket_logging.state).target_bucket == "acme-access-logs"
    error_message = "The named bucket must get the logs."
  }
}

run "nobody_to_administer_the_key_is_refused" {
  command = plan

  variables {
    key_admin_arns = []
  }

  expect_failures = [var.key_admin_arns]
}

run "a_user_as_administrator_is_refused" {
  command = plan

  variables {
    key_admin_arns = ["arn:aws:iam::111122223333:user/somebody"]
  }

  expect_failures = [var.key_admin_arns]
}

run "a_name_too_long_for_s3_is_refused" {
  command = plan

  variables {
    name = "a-project-with-quite-a-long-name-for-s3"
  }

  expect_failures = [aws_s3_bucket.state]
}
