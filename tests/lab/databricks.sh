#!/usr/bin/env bash
# A stand-in for a Databricks workspace, in front of Spark on this machine.
#
#   databricks.sh setup        install Spark and what the stand-in needs; quick when it is there
#   databricks.sh start DIR    start it, and print the output for profiles.yml as one line of JSON
#   databricks.sh stop DIR     end it
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
VENV=$CACHE/databricks/lab
PACKAGES=(pyspark==4.3.0 pyarrow==26.0.1 sqlglot==30.30.0)
MARK="${PACKAGES[*]}"

setup() {
  mkdir -p "$CACHE/databricks"
  exec 9>"$CACHE/databricks/.lab.lock"
  flock 9
  [ "$(cat "$VENV/.complete" 2>/dev/null)" = "$MARK" ] && return
  command -v java >/dev/null || {
    echo 'databricks.sh: Spark needs Java 17: apt-get install -y openjdk-17-jre-headless' >&2
    return 1
  }
  rm -rf "$VENV"
  python3 -m venv "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}" >&2
  printf '%s' "$MARK" >"$VENV/.complete"
}

start() {
  local folder=$1 pid
  mkdir -p "$folder"
  # PYTHONDONTWRITEBYTECODE keeps the checkout clean.
  PYTHONDONTWRITEBYTECODE=1 TZ=UTC setsid "$VENV/bin/python" "$HERE/databricks/server.py" "$folder" \
    >"$folder/server.log" 2>&1 </dev/null 9>&- &
  pid=$!
  echo "$pid" >"$folder/pid"
  while [ ! -f "$folder/port" ]; do
    kill -0 "$pid" 2>/dev/null || {
      tail -n 20 "$folder/server.log" >&2
      return 1
    }
    sleep 0.2
  done
  printf '{"type": "databricks", "host": "http://127.0.0.1:%s", "port": %s, "http_path": "/sql/1.0/warehouses/lab", "token": "lab-token", "catalog": "nexus_lab", "schema": "lab"}\n' \
    "$(cat "$folder/port")" "$(cat "$folder/port")"
}

stop() {
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 0
  # The server began a group of its own, with Spark's Java in it.
  kill -- "-$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -f "$1/pid" "$1/port"
}

case ${1:-} in
setup) setup ;;
start) start "${2:?a folder is needed}" ;;
stop) stop "${2:?a folder is needed}" ;;
*)
  sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//' >&2
  exit 2
  ;;
esac
