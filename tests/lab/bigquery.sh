#!/usr/bin/env bash
# BigQuery for tests: GoogleSQL itself (PyPI `zetasql`), with a stand-in for the REST interface in front of it.
#
#   tests/lab/bigquery.sh setup       installs what it needs, under NEXUS_CACHE
#   tests/lab/bigquery.sh start DIR   starts it on loopback, prints the output for profiles.yml as one line of JSON
#   tests/lab/bigquery.sh stop DIR    ends what was started in DIR
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
HOUSE=$CACHE/lab/bigquery

say() { printf 'bigquery: %s\n' "$*" >&2; }

setup() {
  local stamp
  stamp=$(sha256sum "$HERE/bigquery/requirements.txt" "$HERE/bigquery/googlesql.py" | sha256sum | cut -d' ' -f1)
  mkdir -p "$HOUSE"
  exec 9>"$CACHE/lab/.bigquery.lock"
  flock 9
  if [ "$(cat "$HOUSE/.complete" 2>/dev/null)" != "$stamp" ]; then
    [ -x "$HOUSE/bin/python" ] || python3 -m venv "$HOUSE"
    say "installing GoogleSQL"
    "$HOUSE/bin/pip" install --quiet --disable-pip-version-check -r "$HERE/bigquery/requirements.txt" >&2
    say "compiling GoogleSQL, which takes half a minute"
    (cd "$HERE/bigquery" && "$HOUSE/bin/python" -B -c 'import sys; from googlesql import GoogleSql; GoogleSql(sys.argv[1])' "$HOUSE")
    printf '%s\n' "$stamp" >"$HOUSE/.complete"
  fi
  flock -u 9
}

start() {
  local folder=$1
  mkdir -p "$folder"
  rm -f "$folder/port"
  # In a session of its own and with files for output, so that it outlives the caller and holds no pipe of it.
  setsid "$HOUSE/bin/python" -B "$HERE/bigquery/server.py" "$folder/port" "$HOUSE" \
    </dev/null >"$folder/server.out" 2>"$folder/server.log" 9>&- &
  echo $! >"$folder/pid"
  local _
  for _ in $(seq 1 600); do
    [ -s "$folder/port" ] && break
    kill -0 "$(cat "$folder/pid")" 2>/dev/null || break
    sleep 0.1
  done
  if [ ! -s "$folder/port" ]; then
    say "the server did not start:"
    tail -n 20 "$folder/server.log" >&2
    return 1
  fi
  local at
  at=http://127.0.0.1:$(cat "$folder/port")
  printf '{"type": "bigquery", "method": "oauth-secrets", "project": "lab", "dataset": "demo", "location": "US", '
  printf '"refresh_token": "lab", "client_id": "lab", "client_secret": "lab-secret", "token_uri": "%s/token", ' "$at"
  printf '"api_endpoint": "%s", "threads": 2}\n' "$at"
}

stop() {
  local folder=$1
  [ -f "$folder/pid" ] || return 0
  kill "$(cat "$folder/pid")" 2>/dev/null || true
  rm -f "$folder/pid" "$folder/port"
}

case ${1:-} in
  setup) setup ;;
  start) start "${2:?a folder is missing}" ;;
  stop) stop "${2:?a folder is missing}" ;;
  *)
    printf 'usage: %s setup | start DIR | stop DIR\n' "$0" >&2
    exit 2
    ;;
esac
