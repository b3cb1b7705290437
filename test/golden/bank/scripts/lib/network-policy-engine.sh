# shellcheck shell=bash
# shellcheck disable=SC2034 # ENGINE_NAME is for the scripts that source this
# Cilium, chained behind the VPC CNI; sourced by deploy-platform and teardown.

CILIUM_REPOSITORY=https://helm.cilium.io
CILIUM_VERSION=1.20.1
ENGINE_NAME="Cilium $CILIUM_VERSION"

cilium_chart() {
  helm "$@" cilium cilium \
    --repo "$CILIUM_REPOSITORY" --version "$CILIUM_VERSION" \
    --namespace kube-system --values "$REPOSITORY_ROOT/kubernetes/engine/values.yaml"
}

engine_deployed() {
  kubectl --namespace kube-system get daemonset cilium >/dev/null 2>&1
}

engine_diff() {
  local status=0
  if ! engine_deployed; then
    info "not there yet; it will be installed from $CILIUM_REPOSITORY"
    return
  fi
  cilium_chart template | kubectl diff --server-side --force-conflicts --filename - || status=$?
  ((status <= 1)) || die "kubectl diff failed"
}

engine_deploy() {
  local first=
  engine_deployed || first=1
  cilium_chart upgrade --install --wait --timeout 10m
  kubectl --namespace kube-system rollout status daemonset/cilium --timeout=10m
  eventually 120 kubectl get crd ciliumclusterwidenetworkpolicies.cilium.io
  # Pods older than Cilium have no program on their interface: no policy holds
  # for them until they are made anew.
  if [[ -n $first ]]; then
    kubectl --namespace kube-system get deployments --output name | grep -v cilium-operator |
      xargs -r kubectl --namespace kube-system rollout restart
  fi
}

engine_verify() {
  local arguments
  kubectl --namespace kube-system rollout status daemonset/cilium --timeout=1m >/dev/null
  arguments=$(kubectl --namespace kube-system get daemonset aws-node \
    --output 'jsonpath={.spec.template.spec.containers[*].args}')
  [[ $arguments != *--enable-network-policy=true* ]] ||
    die "the VPC CNI enforces policies too; set enableNetworkPolicy to false in its add-on"
  info "Cilium enforces on every node, and alone"
}

engine_remove() {
  helm uninstall cilium --namespace kube-system --ignore-not-found --wait --timeout 10m
}
