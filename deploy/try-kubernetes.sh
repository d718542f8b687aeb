#!/usr/bin/env bash
# Tries the demo overlay for real, on a cluster that is yours to break: rolls everything out anew, scales,
# evicts and kills pods while customers shop, and then checks the books. Run it on the only node of that
# cluster (it asks the databases at the addresses of their pods), as root, after `npm ci`, with
# - KUBECONFIG, or the current context of kubectl, for that cluster, in which nothing is called bazar,
# - the images bazar, postgres and redis on the node, as the overlay names them.
# On Kubernetes 1.20, the newest that can be built from Debian's sources, deploy/try/kubernetes puts the
# older versions of two APIs and a volume into the overlay. It is not part of CI: it brings no cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
# As the customers of src/faults have it.
staff_password='a password of the staff'
data=/tmp/bazar-kubernetes
work=$(mktemp -d)
own=

say() { printf '\n== %s\n' "$*"; }

clean_up() {
  if [ -n "$own" ]; then
    kubectl delete namespace bazar --timeout=120s || true
    kubectl delete persistentvolume bazar-postgres --ignore-not-found --timeout=30s || true
    rm -rf "$data"
  fi
  rm -rf "$work"
}
trap clean_up EXIT

choose_overlay() {
  if kubectl api-versions | grep -qx autoscaling/v2; then
    echo deploy/kubernetes/overlays/demo
  else
    echo deploy/try/kubernetes
  fi
}

wait_rolled() {
  local name
  for name in users catalog orders tracking gateway; do
    kubectl --namespace=bazar rollout status "deployment/$name" --timeout=300s >/dev/null
  done
}

if kubectl get namespace bazar >/dev/null 2>&1; then
  echo 'There is a namespace bazar in this cluster already; it is left as it is.' >&2
  exit 1
fi
overlay=$(choose_overlay)
say "Kubernetes $(kubectl version -o json | jq -r .serverVersion.gitVersion), $overlay"
own=yes
# What PostgreSQL of the image runs as.
install -d -o 999 -g 999 "$data/postgres"
kubectl apply -f deploy/kubernetes/base/namespace.yaml
node deploy/kubernetes/secrets.ts demo | kubectl create -f -
kubectl apply --dry-run=server -k "$overlay" | awk '{ n++ } END { print n " objects are taken by the server" }'
started=$SECONDS
kubectl apply -k "$overlay" >/dev/null
# All these customers sign in from one address.
kubectl --namespace=bazar set env deployment/gateway LOG_IN_PER_MINUTE_MAX=1000 >/dev/null
wait_rolled
say "All is ready after $((SECONDS - started)) s"
kubectl --namespace=bazar get pods

kubectl --namespace=bazar exec deployment/users -- \
  node src/start.js staff --username=admin "--admin-password=$staff_password"
address=$(kubectl get nodes -o jsonpath='{.items[0].status.addresses[?(@.type=="InternalIP")].address}')
say "Customers at http://$address:30000"
timeout 900 node deploy/try/kubernetes/run.ts --url="http://$address:30000" --folder="$work"
