# Read by backup.sh and restore.sh: which databases there are, from the settings of Bazar itself
# (ORDERS_DATABASE_URL and so on, or DATABASE_URL; each may be a file, as ORDERS_DATABASE_URL_FILE).

# Orders comes last but users: whoever has an order in the backup must be in it too.
readonly services=(tracking catalog orders users)

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

setting() {
  local file=${1}_FILE
  if [ -n "${!file:-}" ]; then cat "${!file}"; else printf '%s' "${!1:-}"; fi
}

url_of() {
  local url
  url=$(setting "${1^^}_DATABASE_URL")
  [ -n "$url" ] || url=$(setting DATABASE_URL)
  [ -n "$url" ] || fail "${1^^}_DATABASE_URL or DATABASE_URL must be set"
  printf '%s' "$url"
}

# Runs a program of PostgreSQL on a database. A password goes by the environment: everybody on the
# machine can read the arguments of a program.
on_database() {
  local url=$1 password
  shift
  if [[ $url =~ ^([a-z]+://[^:/@]+):([^@/]+)(@.*)$ ]]; then
    url=${BASH_REMATCH[1]}${BASH_REMATCH[3]}
    password=${BASH_REMATCH[2]//\\/\\\\}
    printf -v password '%b' "${password//%/\\x}"
    PGPASSWORD=$password "$@" --dbname="$url"
  else
    "$@" --dbname="$url"
  fi
}

# Sets `groups`: the services that share a database, such as `tracking-users`.
find_groups() {
  local service url
  declare -gA urls=() members=()
  for service in "${services[@]}"; do
    url=$(url_of "$service")
    members[$url]+=${members[$url]:+-}$service
  done
  groups=()
  for url in "${!members[@]}"; do
    urls[${members[$url]}]=$url
  done
  # The order of services is the order in which snapshots are taken: a group counts by its last.
  for service in "${services[@]}"; do
    for url in "${!members[@]}"; do
      if [[ ${members[$url]} == *"$service" ]]; then groups+=("${members[$url]}"); fi
    done
  done
}
