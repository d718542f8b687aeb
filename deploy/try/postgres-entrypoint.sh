#!/usr/bin/env bash
# As much of the entry point of the official image as is needed: the first start makes the cluster,
# the database and what the files in initdb.d say.
set -euo pipefail

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

make_cluster() {
  local password=${POSTGRES_PASSWORD:-}
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then password=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-host=scram-sha-256 \
    --auth-local=trust --encoding=UTF8 --locale=C.UTF-8
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  # On a socket only: nobody is to find a server that is half made.
  pg_ctl --wait --options="-c listen_addresses=''" start
  local -a ask=(psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$user")
  if [ "$database" != postgres ]; then
    "${ask[@]}" --dbname=postgres --command="create database \"$database\""
  fi
  local file
  for file in /docker-entrypoint-initdb.d/*.sql; do
    if [ -e "$file" ]; then "${ask[@]}" --dbname="$database" --file="$file"; fi
  done
  pg_ctl --wait --mode=fast stop
}

if [ "${1:-}" = postgres ]; then
  if [ ! -s "$PGDATA/PG_VERSION" ]; then make_cluster; fi
  set -- "$@" -c listen_addresses='*'
fi
exec "$@"
