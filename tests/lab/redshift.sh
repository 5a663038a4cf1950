#!/usr/bin/env bash
# The stand-in for Redshift: PostgreSQL with Redshift's functions, and in front of it a server that takes Redshift's SQL
# and refuses what Redshift refuses (redshift/README.md).
#
#   redshift.sh setup       installs PostgreSQL and sqlglot where they are missing
#   redshift.sh start DIR   starts both on loopback, and prints the output for profiles.yml as one line of JSON;
#                           DIR/statements.jsonl gets each message of statements that comes in
#   redshift.sh stop DIR    ends both
#
# Reads: NEXUS_CACHE, and what postgres.sh reads
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VENV=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}/lab/redshift

fail() {
  printf 'redshift.sh: error: %s\n' "$*" >&2
  exit 1
}

setup() {
  "$HERE/postgres.sh" setup
  "$HERE/redshift/check.sh"
}

start() {
  local folder=$1 output port tries=0
  mkdir -p "$folder/postgres"
  folder=$(cd "$folder" && pwd)
  rm -f "$folder/port"
  output=$("$HERE/postgres.sh" start "$folder/postgres")
  port=$(cat "$folder/postgres/port")
  PGPASSWORD=nexus psql -qX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U nexus -d postgres \
    -f "$HERE/redshift/functions.sql" >"$folder/functions.log" 2>&1 || fail "functions.sql: $(tail -n 5 "$folder/functions.log")"
  setsid "$VENV/bin/python" -B "$HERE/redshift/server.py" "$folder" "$port" >"$folder/server.log" 2>&1 </dev/null &
  local pid=$!
  echo "$pid" >"$folder/pid"
  until [ -s "$folder/port" ]; do
    kill -0 "$pid" 2>/dev/null || fail "the server did not start: $(tail -n 5 "$folder/server.log")"
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "the server did not answer within a minute"
    sleep 0.2
  done
  printf '{"type": "redshift", "host": "127.0.0.1", "port": %s, "user": "nexus", "password": "nexus", "dbname": "postgres", "schema": "analytics", "sslmode": "disable", "threads": 4}\n' \
    "$(cat "$folder/port")"
}

stop() {
  local folder=$1 pid
  if [ -s "$folder/pid" ]; then
    pid=$(cat "$folder/pid")
    # Only the server that was started here: ids are given anew.
    if [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q 'redshift/server.py'; then
      kill "$pid" 2>/dev/null || true
    fi
    rm -f "$folder/pid" "$folder/port"
  fi
  [ ! -d "$folder/postgres" ] || "$HERE/postgres.sh" stop "$folder/postgres"
}

case ${1:-} in
  setup) setup ;;
  start) start "${2:?start needs a folder}" ;;
  stop) stop "${2:?stop needs a folder}" ;;
  *) fail "use setup, start DIR or stop DIR" ;;
esac
