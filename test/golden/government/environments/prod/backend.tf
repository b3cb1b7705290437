terraform {
  backend "s3" {
    bucket = "acme-platform-tfstate-111122223333-us-gov-west-1"

    key    = "environments/prod/terraform.tfstate"
    region = "us-gov-west-1"

    # State holds every attribute in clear text. The key is made by bootstrap/; the lock is an object beside the state.
    encrypt      = true
    kms_key_id   = "alias/acme-platform-tfstate"
    use_lockfile = true
  }
}
