#!/usr/bin/env bash
# Restores what backup.sh has made, into databases that are empty:
#
#   deploy/backup/restore.sh DIRECTORY/bazar-TIME
#
# The settings say where to, and group the services as they were. It needs psql and pg_restore, and
# Node to audit what it has restored; without Node it says what to run instead.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/databases.sh"

[ $# = 1 ] || fail 'say what to restore: restore.sh DIRECTORY/bazar-TIME'
root=$(dirname "${BASH_SOURCE[0]}")/../..
find_groups

refuse_damage() {
  (cd "$1" && sha256sum --quiet --check SHA256SUMS) || fail "$1 is damaged, or no backup"
  local group
  for group in "${groups[@]}"; do
    [ -e "$1/$group.dump" ] ||
      fail "$1 has no $group.dump; it has $(cd "$1" && echo *.dump). Settings must group services alike"
  done
}

# Whatever is there may be a shop that somebody still wants.
refuse_data() {
  local tables
  tables=$(on_database "$2" psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    --command="select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
      where relkind in ('r', 'p', 'v', 'm', 'S') and nspname !~ '^pg_|^information_schema$'")
  [ "$tables" = 0 ] || fail "the database of $1 is not empty: it has $tables tables and sequences"
}

# Bazar brings its own; the one of the machine may be too old.
find_node() {
  local node
  for node in "$root/node_modules/.bin/node" node; do
    if "$node" -e 'process.exit(parseInt(process.versions.node) < 26 ? 1 : 0)' 2>/dev/null; then
      echo "$node"
      return
    fi
  done
  return 1
}

# Batches that waited for their verdict, and news, are as old as the backup; the Bazar that starts
# now sees to them. Everything else must add up already.
audit() {
  local node found
  if ! node=$(find_node); then
    echo 'Restored. There is no Node 26 here to check it: run `npm run bazar -- audit` where Bazar is.'
    return
  fi
  found=$("$node" "$root/src/start.js" audit) || [ -n "$found" ] || fail 'the audit did not run'
  echo "$found"
  if grep -E '^[A-Z][0-9]  ' <<<"$found" | grep -v '^K2' | grep -qv '^..  0 violations'; then
    fail 'what was restored does not add up'
  fi
}

refuse_damage "$1"
for group in "${groups[@]}"; do refuse_data "$group" "${urls[$group]}"; done
for group in "${groups[@]}"; do
  on_database "${urls[$group]}" pg_restore --single-transaction --no-owner --no-privileges \
    "$1/$group.dump"
done
audit
