#!/usr/bin/env bash
# Tries the image and both compose files for real: on Debian, as root, with docker.io installed and
# `npm ci` done. Without a registry of images it makes stand-ins for the base images (debootstrap), and
# without Compose v2 it borrows that of Debian's next release; neither changes this system. It starts
# Docker if it does not run, and then stops it. Ends with a table; fails when anything is off.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
work=$(mktemp -d)
chmod 755 "$work"
own_docker=
name=bazar-try-$$

say() { printf '\n== %s\n' "$*"; }

# Whatever has become of it, nothing of this run is left.
remove_project() {
  local -a mine=(--quiet --filter "label=com.docker.compose.project=$1")
  docker ps --all "${mine[@]}" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker volume ls "${mine[@]}" | xargs --no-run-if-empty docker volume rm >/dev/null
  docker network ls "${mine[@]}" | xargs --no-run-if-empty docker network rm >/dev/null
}

clean_up() {
  remove_project "$name" || true
  remove_project "$name-single" || true
  if [ -n "$own_docker" ]; then
    kill "$own_docker" 2>/dev/null || true
    wait "$own_docker" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

start_docker() {
  docker version >/dev/null 2>&1 && return
  if [ "$(id -u)" != 0 ] || ! command -v dockerd >/dev/null; then
    echo 'There is no Docker here, and none can be started: it takes docker.io and root.' >&2
    exit 1
  fi
  say 'Docker does not run: started for this, and stopped afterwards'
  dockerd >"$work/dockerd.log" 2>&1 &
  own_docker=$!
  for _ in $(seq 150); do
    docker version >/dev/null 2>&1 && return
    sleep 0.2
  done
  tail -n 20 "$work/dockerd.log" >&2
  exit 1
}

debian_mirror() {
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(CODENAME)' |
    awk '$1 == "Debian" && $3 !~ /security/ { print $2; exit }'
}

# Bookworm has Compose v1 only. The package of trixie holds one program that runs anywhere.
get_compose() {
  docker compose version >/dev/null 2>&1 && return
  say 'Compose v2 out of a package of trixie, beside the system'
  local apt=$work/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$work/docker"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) trixie main" \
    >"$apt/list"
  local -a options=(-o "Dir::Etc::sourcelist=$apt/list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  (
    cd "$apt"
    apt-get "${options[@]}" update >"$work/apt.log" 2>&1
    apt-get "${options[@]}" download docker-compose >>"$work/apt.log" 2>&1
    dpkg -x docker-compose_*.deb root
  ) || {
    tail -n 5 "$work/apt.log" >&2
    exit 1
  }
  cp -r "$apt/root/usr/libexec/docker/cli-plugins" "$work/docker/"
  export DOCKER_CONFIG=$work/docker
  docker compose version
}

free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => {
    console.log(s.address().port); s.close(); });'
}

export PATH="$root/node_modules/.bin:$PATH"
[ -x node_modules/.bin/node ] || { echo 'Run npm ci first: the checks are TypeScript.' >&2; exit 1; }

start_docker
get_compose
say 'Base images'
deploy/try/base-images.sh

# The stand-in is Debian's version; who has the image of 17 says so.
POSTGRES_IMAGE=${POSTGRES_IMAGE:-postgres:15-bookworm}
PORT=$(free_port)
METRICS_PORT=$(free_port)
SECRETS=$work/secrets
# Or the checks would wait half a minute for the stock of what was killed half-way.
HOLD_SECONDS=2
LOG_LEVEL=warn
export POSTGRES_IMAGE PORT METRICS_PORT SECRETS HOLD_SECONDS LOG_LEVEL
timeout 600 node deploy/try/run.ts --name="$name" --port="$PORT" --folder="$work"
