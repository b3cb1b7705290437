# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the scripts that source this file
# What the scripts need to know about this repository.

IAC=terraform
PROJECT=acme-platform
REGION=eu-central-1
ENVIRONMENTS="dev stage prod"
ACCOUNTS="dev stage prod"

# The clusters' names follow from the project's; the account is empty where the
# repository does not know it.
settings_of() {
  case $1 in
    dev)
      CLUSTER_NAME=acme-platform-dev
      ACCOUNT_ID=111122223333
      ;;
    stage)
      CLUSTER_NAME=acme-platform-stage
      ACCOUNT_ID=444455556666
      ;;
    prod)
      CLUSTER_NAME=acme-platform-prod
      ACCOUNT_ID=777788889999
      ;;
    *)
      return 1
      ;;
  esac
}
