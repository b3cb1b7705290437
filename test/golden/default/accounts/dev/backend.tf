# The bucket's name contains the account id, so it is given once:
#   terraform init -backend-config=bucket=NAME
terraform {
  backend "s3" {
    key    = "accounts/dev/terraform.tfstate"
    region = "us-east-1"

    # State holds every attribute in clear text. The key is made by bootstrap/; the lock is an object beside the state.
    encrypt      = true
    kms_key_id   = "alias/acme-platform-tfstate"
    use_lockfile = true
  }
}
