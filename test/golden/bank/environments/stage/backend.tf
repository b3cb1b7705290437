terraform {
  backend "s3" {
    bucket = "acme-platform-tfstate-444455556666-eu-central-1"

    key    = "environments/stage/terraform.tfstate"
    region = "eu-central-1"

    # State holds every attribute in clear text. The key is made by bootstrap/; the lock is an object beside the state.
    encrypt      = true
    kms_key_id   = "alias/acme-platform-tfstate"
    use_lockfile = true
  }
}
