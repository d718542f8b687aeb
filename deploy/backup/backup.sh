#!/usr/bin/env bash
# Dumps every database of Bazar as of one instant, while Bazar runs:
#
#   deploy/backup/backup.sh DIRECTORY
#
# makes DIRECTORY/bazar-TIME with a dump for each database and the checksums of all. It needs psql
# and pg_dump, not older than the server, and the settings of the shop (see databases.sh).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/databases.sh"
# A psql that is gone is noticed by what it does not answer.
trap '' PIPE
umask 077

[ $# = 1 ] || fail 'say where the backup is to be kept: backup.sh DIRECTORY'
find_groups
name=bazar-$(date --utc +%Y%m%dT%H%M%SZ)
made=$1/$name
half=$1/.$name.half
work=$(mktemp -d)
declare -A to=() from=()

clean_up() {
  local fd
  # Whoever has no one to listen to ends, and with it its transaction and its locks.
  for fd in "${to[@]}" "${from[@]}"; do exec {fd}>&-; done
  wait
  rm -rf "$work" "$half"
}
trap clean_up EXIT

# Opens a conversation with a database: what it is told stays in one session.
open_session() {
  local name=$1 url=$2 write read
  rm -f "$work/$name.in" "$work/$name.out"
  mkfifo "$work/$name.in" "$work/$name.out"
  on_database "$url" psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    <"$work/$name.in" >"$work/$name.out" 2>"$work/errors" &
  exec {write}>"$work/$name.in" {read}<"$work/$name.out"
  to[$name]=$write
  from[$name]=$read
}

# Tells a session something, and prints its answer: one line.
ask() {
  local answer
  echo "$2" >&"${to[$1]}" && read -r -t 10 answer <&"${from[$1]}" && printf '%s' "$answer"
}

# From here until `let_orders_go` no order is placed or ended: it waits, for some milliseconds. What
# catalog does meanwhile is only what follows from orders that are in the backup, or what its
# sweeper puts right. If this script stalls, the server ends the wait, and the backup fails.
hold_orders() {
  local try
  for try in 1 2 3 4 5; do
    open_session holder "$1"
    ask holder "begin; set local lock_timeout = '1s'; set local idle_in_transaction_session_timeout = '2s';
      lock table orders.orders, orders.outbox in share mode; select 'held';" >/dev/null && return
    sleep 0.5
  done
  fail "orders were never quiet: $(cat "$work/errors")"
}

let_orders_go() {
  ask holder "commit; select 'gone';" >/dev/null || fail "orders did not wait: $(cat "$work/errors")"
}

snapshot_of() {
  ask "$1" 'begin isolation level repeatable read read only; select pg_export_snapshot();' ||
    fail "no snapshot of $1: $(cat "$work/errors")"
}

dump() {
  local group=$1 schemas=()
  for service in ${group//-/ }; do schemas+=("--schema=$service"); done
  # Owners and rights belong to the server that it is restored into.
  on_database "${urls[$group]}" pg_dump --format=custom --no-owner --no-privileges \
    --snapshot="$2" "${schemas[@]}" --file="$half/$group.dump"
}

mkdir -p "$half"
declare -A snapshots=()
for group in "${groups[@]}"; do open_session "$group" "${urls[$group]}"; done
# One database needs no help to be of one mind.
[ ${#groups[@]} = 1 ] || hold_orders "$(url_of orders)"
for group in "${groups[@]}"; do snapshots[$group]=$(snapshot_of "$group"); done
[ ${#groups[@]} = 1 ] || let_orders_go
for group in "${groups[@]}"; do dump "$group" "${snapshots[$group]}"; done

cd "$half"
sha256sum -- *.dump >SHA256SUMS
sync -- * .
cd - >/dev/null
mv --no-target-directory "$half" "$made"
echo "$made"
