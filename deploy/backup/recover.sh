#!/usr/bin/env bash
# Makes a data directory that PostgreSQL, once started on it, recovers to a point in time:
#
#   deploy/backup/recover.sh BASE ARCHIVE DATA 'TIME' | latest
#
# BASE was made by base-backup.sh, ARCHIVE filled by archive-wal.sh, and DATA is empty. TIME is such
# as '2026-11-21 10:15:00+00'; transactions that were committed later are left out. Run it as the
# user who runs PostgreSQL.
set -euo pipefail
umask 077

fail() {
  printf 'recover.sh: %s\n' "$*" >&2
  exit 1
}

[ $# = 4 ] || fail "recover.sh BASE ARCHIVE DATA 'TIME' | latest"
base=$1 archive=$(realpath "$2") data=$3 time=$4
[ -z "$(ls -A "$data" 2>/dev/null)" ] || fail "$data is not empty"

pg_verifybackup --quiet "$base"
mkdir -p "$data"
cp -a "$base/." "$data"
chmod 700 "$data"
{
  echo "restore_command = 'cp \"$archive/%f\" \"%p\"'"
  echo "recovery_target_action = 'promote'"
  [ "$time" = latest ] || echo "recovery_target_time = '$time'"
  # It must not mix what it writes from now on with what it is made of.
  echo "archive_mode = 'off'"
} >>"$data/postgresql.auto.conf"
touch "$data/recovery.signal"
