# No bucket: it is another one for each account, and scripts/bootstrap names it.
terraform {
  backend "s3" {
    key    = "bootstrap/terraform.tfstate"
    region = "us-east-1"

    # State holds every attribute in clear text. Without kms_key_id, encrypt would ask S3 for a key of its own.
    encrypt      = true
    kms_key_id   = "alias/acme-platform-tfstate"
    use_lockfile = true
  }
}
