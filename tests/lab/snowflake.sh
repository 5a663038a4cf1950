#!/usr/bin/env bash
# The stand-in for Snowflake: fakesnow, which speaks its wire protocol and runs its SQL on DuckDB.
#
#   snowflake.sh setup       installs it into a venv of its own; quick where it is there
#   snowflake.sh start DIR   starts it on a free port of loopback, waits till it answers, and prints the output for
#                            profiles.yml as one line of JSON; DIR/statements.jsonl gets each statement that comes in
#   snowflake.sh stop DIR    ends it
#
# Reads: NEXUS_CACHE  where everything lands (default ~/.cache/nexus)
set -euo pipefail

PACKAGES=("fakesnow[server]==0.12.1" "snowflake-connector-python==4.8.1" "sqlglot==30.22.0")

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
VENV=$CACHE/lab/snowflake
# The venv is complete where this says what is in it.
STAMP=$VENV/.complete

fail() {
  printf 'snowflake.sh: error: %s\n' "$*" >&2
  exit 1
}

is_complete() { [ -x "$VENV/bin/python" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "${PACKAGES[*]}" ]; }

setup() {
  is_complete && return
  mkdir -p "$CACHE/lab"
  exec 9>"$CACHE/lab/.snowflake.lock"
  flock 9
  is_complete && return
  python3 -m venv "$VENV" || fail "python3 cannot make a venv; on Debian: apt-get install -y python3-venv"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}" || fail "pip could not install ${PACKAGES[*]}"
  printf '%s' "${PACKAGES[*]}" >"$STAMP"
}

start() {
  local folder=$1
  setup
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  rm -f "$folder/port"
  setsid "$VENV/bin/python" "$HERE/snowflake/server.py" "$folder" >"$folder/server.log" 2>&1 </dev/null &
  local pid=$!
  echo "$pid" >"$folder/pid"
  local tries=0
  until [ -s "$folder/port" ]; do
    kill -0 "$pid" 2>/dev/null || fail "fakesnow did not start: $(tail -n 5 "$folder/server.log")"
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "fakesnow did not answer within two minutes"
    sleep 0.2
  done
  printf '{"type": "snowflake", "account": "lab", "user": "tester", "password": "not-checked", "protocol": "http", "host": "127.0.0.1", "port": %s, "database": "lab", "schema": "demo", "warehouse": "lab_wh", "role": "lab_role"}\n' \
    "$(cat "$folder/port")"
}

stop() {
  local folder=$1
  [ -s "$folder/pid" ] || return 0
  local pid
  pid=$(cat "$folder/pid")
  # Only the server that was started here: ids are given anew.
  if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'snowflake/server.py'; then
    kill "$pid" 2>/dev/null || true
  fi
  rm -f "$folder/pid" "$folder/port"
}

case ${1:-} in
  setup) setup ;;
  start) start "${2:?start needs a folder}" ;;
  stop) stop "${2:?stop needs a folder}" ;;
  *) fail "use setup, start DIR or stop DIR" ;;
esac
