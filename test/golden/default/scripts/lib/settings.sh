# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the scripts that source this file
# What the scripts need to know about this repository.

IAC=terraform
PROJECT=acme-platform
REGION=us-east-1
ENVIRONMENTS="dev prod"
ACCOUNTS="dev prod"

# The clusters' names follow from the project's; the account is empty where the
# repository does not know it.
settings_of() {
  case $1 in
    dev)
      CLUSTER_NAME=acme-platform-dev
      ACCOUNT_ID=
      ;;
    prod)
      CLUSTER_NAME=acme-platform-prod
      ACCOUNT_ID=
      ;;
    *)
      return 1
      ;;
  esac
}
