# shellcheck shell=bash
# shellcheck disable=SC2034 # ENGINE_NAME is for the scripts that source this
# Calico, policy only; sourced by deploy-platform and teardown.

CALICO_REPOSITORY=https://docs.tigera.io/calico/charts
CALICO_VERSION=v3.32.1
ENGINE_NAME="Calico $CALICO_VERSION"
ENGINE_DIRECTORY=$REPOSITORY_ROOT/kubernetes/engine

# Since 3.32 the definitions are a chart of their own: Helm never upgrades what
# lies in a chart's crds/ folder.
calico_definitions() {
  helm template calico-crds crd.projectcalico.org.v1 \
    --repo "$CALICO_REPOSITORY" --version "$CALICO_VERSION"
}

calico_operator() {
  helm "$@" calico tigera-operator \
    --repo "$CALICO_REPOSITORY" --version "$CALICO_VERSION" \
    --namespace tigera-operator --values "$ENGINE_DIRECTORY/values.yaml"
}

engine_deployed() {
  kubectl get installation.operator.tigera.io default >/dev/null 2>&1
}

engine_diff() {
  local status=0
  if ! engine_deployed; then
    info "not there yet; it will be installed from $CALICO_REPOSITORY"
    return
  fi
  {
    calico_definitions
    calico_operator template --no-hooks
    printf -- '---\n'
    kubectl kustomize "$ENGINE_DIRECTORY"
  } | kubectl diff --server-side --force-conflicts --filename - || status=$?
  ((status <= 1)) || die "kubectl diff failed"
}

engine_deploy() {
  calico_definitions | kubectl apply --server-side --force-conflicts --filename -
  calico_operator upgrade --install --create-namespace --wait --timeout 10m
  kubectl apply --server-side --kustomize "$ENGINE_DIRECTORY"
  # The overlay's policies are stored through the API that this brings up.
  eventually 300 kubectl get tigerastatus calico apiserver
  kubectl wait --for=condition=Available --timeout=10m tigerastatus/calico tigerastatus/apiserver
  kubectl wait --for=condition=Available --timeout=5m apiservice/v3.projectcalico.org
}

engine_verify() {
  local arguments
  kubectl wait --for=condition=Available --timeout=1m tigerastatus/calico >/dev/null
  arguments=$(kubectl --namespace kube-system get daemonset aws-node \
    --output 'jsonpath={.spec.template.spec.containers[*].args}')
  [[ $arguments != *--enable-network-policy=true* ]] ||
    die "the VPC CNI enforces policies too; set enableNetworkPolicy to false in its add-on"
  info "Calico enforces on every node, and alone"
}

# The operator has to be alive while its Installation goes: it removes the
# finalizers that would otherwise keep namespaces and nodes for ever.
engine_remove() {
  engine_deployed || return 0
  kubectl delete --ignore-not-found --timeout=5m apiserver.operator.tigera.io default
  kubectl delete --ignore-not-found --timeout=10m installation.operator.tigera.io default
  helm uninstall calico --namespace tigera-operator --ignore-not-found --wait --timeout 10m
}
