# shellcheck shell=bash
# shellcheck disable=SC2034 # ENGINE_NAME is for the scripts that source this
# The VPC CNI's own policy agent, part of the EKS add-on; sourced by
# deploy-platform and teardown.

ENGINE_NAME="VPC CNI network policy"

engine_deployed() {
  kubectl --namespace kube-system get daemonset aws-node >/dev/null 2>&1
}

engine_diff() {
  info "part of the vpc-cni add-on, nothing to install"
}

engine_deploy() {
  kubectl --namespace kube-system rollout status daemonset/aws-node --timeout=5m
}

engine_verify() {
  local arguments
  arguments=$(kubectl --namespace kube-system get daemonset aws-node \
    --output 'jsonpath={.spec.template.spec.containers[*].args}')
  [[ $arguments == *--enable-network-policy=true* ]] ||
    die "no policy is enforced; set enableNetworkPolicy to true in the vpc-cni add-on"
  info "the VPC CNI enforces policies on every node"
}

# It goes with the add-on.
engine_remove() {
  return 0
}
