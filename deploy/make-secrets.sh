#!/usr/bin/env bash
# Makes every secret that compose.services.yaml wants, one file each, with Docker alone:
#   deploy/make-secrets.sh [DIRECTORY]     (deploy/secrets, if not said)
# Files that exist are left as they are, so it may be run again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
directory=${1:-$here/secrets}
image=${BAZAR_IMAGE:-bazar:0.1.0}

mkdir -p "$directory"
# As root in the container: each file is given to the user who reads it, and to nobody else.
docker run --rm --network none --user 0:0 --entrypoint node \
  --volume "$here/make-secrets.ts:/bazar/deploy/make-secrets.ts:ro" \
  --volume "$(cd "$directory" && pwd):/secrets" \
  "$image" deploy/make-secrets.ts --out=/secrets
echo "The secrets are in $directory. Staff signs in as admin, with what is in admin-password."
