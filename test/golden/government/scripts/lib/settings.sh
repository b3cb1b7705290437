# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the scripts that source this file
# What the scripts need to know about this repository.

IAC=tofu
PROJECT=acme-platform
REGION=us-gov-west-1
ENVIRONMENTS="prod"
ACCOUNTS="prod"

# The clusters' names follow from the project's; the account is empty where the
# repository does not know it.
settings_of() {
  case $1 in
    prod)
      CLUSTER_NAME=acme-platform-prod
      ACCOUNT_ID=111122223333
      ;;
    *)
      return 1
      ;;
  esac
}
