# shellcheck shell=bash
# Shared by the scripts beside this folder; sourced, never run.

REPOSITORY_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

# shellcheck source=scripts/lib/settings.sh
. "$REPOSITORY_ROOT/scripts/lib/settings.sh"

info() {
  printf '%s\n' "$*" >&2
}

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# A wrong call: say what was wrong, then how it is meant. Every script defines usage.
misuse() {
  printf 'error: %s\n\n' "$*" >&2
  usage >&2
  exit 2
}

require() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) || die "not found on PATH: ${missing[*]}"
}

# Sets CLUSTER_NAME and ACCOUNT_ID, or ends the script with the names that exist.
select_environment() {
  [[ -n ${1:-} ]] || misuse "which environment? One of: $ENVIRONMENTS"
  settings_of "$1" || misuse "no environment $1; one of: $ENVIRONMENTS"
}

# Ends the script when the credentials at hand belong to another account.
# Without this, a command meant for one account's cluster meets another's.
require_account() {
  local account
  account=$(aws sts get-caller-identity --query Account --output text) ||
    die "no AWS credentials that work; scripts/doctor says more"
  [[ -z $ACCOUNT_ID || $account == "$ACCOUNT_ID" ]] ||
    die "the credentials are for account $account, the environment is in $ACCOUNT_ID"
}

# Ends the script when kubectl talks to another cluster than the one selected.
# A cluster's certificate authority is its own, its name and address are not.
require_cluster() {
  local expected actual
  expected=$(aws eks describe-cluster --region "$REGION" --name "$CLUSTER_NAME" \
    --query cluster.certificateAuthority.data --output text) ||
    die "cannot describe cluster $CLUSTER_NAME in $REGION"
  actual=$(kubectl config view --minify --raw \
    --output 'jsonpath={.clusters[0].cluster.certificate-authority-data}')
  [[ $actual == "$expected" ]] ||
    die "kubectl does not point to $CLUSTER_NAME; run this through scripts/connect"
}

# Runs a command every five seconds until it succeeds, at most the given seconds.
eventually() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || die "gave up waiting for: $*"
    sleep 5
  done
}

# Reads rendered manifests, prints the names of the namespaces in them.
namespaces_in() {
  awk '/^kind: / { kind = $2 } /^  name: / && kind == "Namespace" { gsub(/"/, ""); print $2 }'
}

# Asks for a word to be typed. A pipe or a closed terminal counts as no.
confirm() {
  local word=$1 answer=
  printf '%s\nType %s to go on: ' "$2" "$word" >&2
  read -r answer || true
  [[ $answer == "$word" ]] || die "not confirmed; nothing was changed"
}
