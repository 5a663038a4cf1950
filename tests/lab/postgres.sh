#!/usr/bin/env bash
# PostgreSQL for tests: a cluster of its own in a folder, on a free port of the loopback address.
#
#   postgres.sh setup        installs PostgreSQL where it is missing
#   postgres.sh start DIR [tls]
#                            makes a cluster in DIR, starts it, prints the output for profiles.yml as one line of JSON.
#                            With `tls` it has a certificate for the name localhost; DIR gets that of the authority (ca.pem),
#                            of another one (other.pem), and the client's (client.pem, client.key), with which the user
#                            `certified` logs in. The user `guarded` is not let in without encryption.
#   postgres.sh stop DIR     ends it
#
# The server refuses to run as root, so as root it runs as the user `postgres`, or `nobody` where there is none.
# Reads: POSTGRES_BIN    folder of initdb and pg_ctl; by default looked up
#        NEXUS_LAB_IDLE  seconds without a connection made or ended after which the server ends; by default never
set -euo pipefail

say() { printf 'postgres: %s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

# The folder of the newest server that is installed, or nothing.
find_bin() {
  if [ -n "${POSTGRES_BIN:-}" ]; then
    printf '%s\n' "$POSTGRES_BIN"
    return
  fi
  local folder newest=
  for folder in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && newest=$folder
  done
  if [ -z "$newest" ] && command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
    newest=$(dirname "$(command -v initdb)")
  fi
  printf '%s\n' "$newest"
}

setup() {
  [ -n "$(find_bin)" ] && return
  command -v apt-get >/dev/null || fail "no PostgreSQL is installed; install its server (initdb, pg_ctl), or set POSTGRES_BIN"
  [ "$(id -u)" = 0 ] || fail "no PostgreSQL is installed: apt-get install -y postgresql"
  say "installing postgresql"
  # Without a cluster of the system: tests make their own.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >&2 ||
    fail "apt-get install postgresql failed"
  [ -n "$(find_bin)" ] || fail "postgresql was installed, but initdb and pg_ctl were not found"
}

# Runs a command as the user that the server runs as.
as_server() {
  if [ "$(id -u)" != 0 ]; then
    "$@"
    return
  fi
  local user=nobody
  id postgres >/dev/null 2>&1 && user=postgres
  (cd / && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME=/tmp "$@")
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# An authority NAME in DIR, which signs nothing yet.
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=nexus lab $2" \
    -keyout "$1/$2.key" -out "$1/$2.pem" 2>>"$1/openssl.log" || fail "openssl failed: $(tail -5 "$1/openssl.log")"
}

# A certificate NAME in DIR for a subject and the name localhost, signed by the authority `ca`.
certificate() {
  { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$3" -keyout "$1/$2.key" -out "$1/$2.csr" &&
    openssl x509 -req -in "$1/$2.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 3650 \
      -extfile <(printf 'subjectAltName=DNS:localhost\n') -out "$1/$2.pem"; } 2>>"$1/openssl.log" >&2 ||
    fail "openssl failed: $(tail -5 "$1/openssl.log")"
}

# Lets the cluster encrypt, and asks some users for more than a password.
with_tls() {
  local dir=$1 cluster=$2 name
  command -v openssl >/dev/null || fail "openssl is missing: apt-get install -y openssl"
  authority "$dir" ca
  authority "$dir" other
  certificate "$dir" server server.lab
  certificate "$dir" client certified
  for name in server.key server.pem ca.pem; do
    as_server tee "$cluster/data/$name" >/dev/null <"$dir/$name"
  done
  as_server chmod 600 "$cluster/data/server.key"
  as_server tee -a "$cluster/data/postgresql.conf" >/dev/null <<'CONF'
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.pem'
CONF
  as_server tee "$cluster/data/pg_hba.conf" >/dev/null <<'CONF'
hostssl   all certified all cert
hostnossl all guarded   all reject
host      all all       all scram-sha-256
CONF
}

# As root the cluster lies in a folder that the server's user can reach; DIR then only says where.
start() {
  local dir=$1 bin cluster port attempt
  bin=$(find_bin)
  [ -n "$bin" ] || fail "no PostgreSQL is installed: run \`$0 setup\`"
  mkdir -p "$dir"
  if [ "$(id -u)" = 0 ]; then
    cluster=$(mktemp -d /tmp/nexus-postgres.XXXXXX)
    local user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    chown "$user" "$cluster"
  else
    cluster=$(mktemp -d "${TMPDIR:-/tmp}/nexus-postgres.XXXXXX")
  fi
  printf '%s\n' "$cluster" >"$dir/cluster"
  as_server tee "$cluster/password" >/dev/null <<<nexus
  as_server "$bin/initdb" -D "$cluster/data" -U nexus -A scram-sha-256 --pwfile="$cluster/password" -E UTF8 --locale=C --no-sync \
    >"$dir/initdb.log" 2>&1 || fail "initdb failed: $(tail -5 "$dir/initdb.log")"
  # What a crash would lose is no loss here.
  as_server tee -a "$cluster/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
log_connections = on
log_disconnections = on
log_checkpoints = off
timezone = 'UTC'
CONF
  [ "${2:-}" != tls ] || with_tls "$dir" "$cluster"
  for attempt in 1 2 3; do
    port=$(free_port)
    if as_server "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/log" -o "-p $port" -w -t 60 start >"$dir/start.log" 2>&1 </dev/null; then
      break
    fi
    [ "$attempt" -lt 3 ] || fail "the server did not start: $(tail -5 "$cluster/log" "$dir/start.log" 2>/dev/null)"
  done
  if [ "${2:-}" = tls ]; then
    PGPASSWORD=nexus "$bin/psql" -qX -h 127.0.0.1 -p "$port" -U nexus -d postgres >&2 \
      -c "create role certified login" -c "create role guarded login password 'nexus'" || fail "no role could be made"
  fi
  printf '%s\n' "$port" >"$dir/port"
  if [ -n "${NEXUS_LAB_IDLE:-}" ]; then
    setsid "$0" watch "$dir" "$cluster" >/dev/null 2>&1 </dev/null &
  fi
  printf '{"type": "postgres", "host": "127.0.0.1", "port": %s, "user": "nexus", "password": "nexus", "dbname": "postgres", "schema": "analytics", "threads": 4}\n' "$port"
}

# Ends the server once its log, which tells of connections, has not grown for so long.
watch() {
  local dir=$1 cluster=$2
  while sleep 5; do
    [ "$(cat "$dir/cluster" 2>/dev/null)" = "$cluster" ] || return 0
    [ $(($(date +%s) - $(stat -c %Y "$cluster/log"))) -lt "$NEXUS_LAB_IDLE" ] || break
  done
  stop "$dir"
}

stop() {
  local dir=$1 bin cluster
  bin=$(find_bin)
  cluster=$(cat "$dir/cluster" 2>/dev/null) || return 0
  case $cluster in */nexus-postgres.*) ;; *) fail "\`$cluster\` is no cluster of this script" ;; esac
  as_server "$bin/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$cluster" "$dir/cluster" "$dir/port"
}

case "${1:-} ${2:-}" in
  "setup ") setup ;;
  "start "?*) start "$2" "${3:-}" ;;
  "stop "?*) stop "$2" ;;
  "watch "?*) watch "$2" "$3" ;;
  *) fail "usage: $0 setup | start DIR [tls] | stop DIR" ;;
esac
