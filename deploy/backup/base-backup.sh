#!/usr/bin/env bash
# Copies a whole PostgreSQL server while it runs, as the ground for recovery to a point in time:
#
#   deploy/backup/base-backup.sh DIRECTORY
#
# makes DIRECTORY/base-TIME, which can be recovered to any time after this has ended. Which server,
# and as whom (a role with the right to replicate), is said by PGHOST, PGPORT, PGUSER and so on.
set -euo pipefail
umask 077

[ $# = 1 ] || { echo 'say where it is to be kept: base-backup.sh DIRECTORY' >&2; exit 1; }
name=base-$(date --utc +%Y%m%dT%H%M%SZ)
half=$1/.$name.half
trap 'rm -rf "$half"' EXIT

pg_basebackup --pgdata="$half" --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256
pg_verifybackup --quiet "$half"
mv --no-target-directory "$half" "$1/$name"
echo "$1/$name"
