# What an account needs before any other root can work in it: a place for states, and identities for the pipeline.
# One root for all accounts; <account>.tfvars says which one. scripts/bootstrap <account> runs it, by hand:
#
#   1. The bucket is not there yet, so the first apply keeps its state in a local file.
#   2. The state moves into the bucket, and the file is deleted.
#   3. From then on the script plans against the bucket. The pipeline never does: its own roles are not its to change.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}
