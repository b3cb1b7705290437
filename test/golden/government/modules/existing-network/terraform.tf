terraform {
  required_version = ">= 1.10"

  required_providers {
    # tflint-ignore: terraform_unused_required_providers # for the module of the flow logs, which it calls
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}
