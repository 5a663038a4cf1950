#!/usr/bin/env bash
# Prepares the Python environment that holds the oracle (dbt-core 1.11 with
# dbt-duckdb) and prints the path of its `dbt`. Safe to run again and from several
# processes at once: the work is done once, under a lock, and stamped with the
# checksum of requirements.txt.
#
# Reads: NEXUS_CACHE (default ~/.cache/nexus), PYTHON (default python3)
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
VENV=$CACHE/dbt-oracle
REQUIREMENTS=$HERE/requirements.txt
PYTHON=${PYTHON:-python3}

say() { printf 'oracle: %s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

for tool in "$PYTHON" flock sha256sum; do
  command -v "$tool" >/dev/null 2>&1 || fail "missing: $tool (apt-get install -y python3 util-linux coreutils)"
done
"$PYTHON" -c 'import sys; sys.exit(not ((3, 10) <= sys.version_info[:2] <= (3, 13)))' ||
  fail "dbt-core 1.11 needs Python 3.10 to 3.13, $PYTHON is $("$PYTHON" -V 2>&1); set PYTHON"

WANTED=$(sha256sum "$REQUIREMENTS" | cut -d' ' -f1)
is_complete() { [ -x "$VENV/bin/dbt" ] && [ "$(cat "$VENV/.complete" 2>/dev/null)" = "$WANTED" ]; }

mkdir -p "$CACHE"
if ! is_complete; then
  exec 9>"$CACHE/.oracle.lock"
  flock 9
  if ! is_complete; then
    rm -f "$VENV/.complete"
    if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
      rm -rf "$VENV"
      say "making a virtual environment in $VENV"
      "$PYTHON" -m venv "$VENV" || fail "could not make it; apt-get install -y python3-venv"
    fi
    say "installing $(grep -c '==' "$REQUIREMENTS") pinned packages and what they need (a minute or two)"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r "$REQUIREMENTS" >&2 ||
      fail "pip could not install $REQUIREMENTS"
    "$VENV/bin/python" -c 'import dbt.cli.main, dbt.adapters.duckdb, duckdb' || fail "the installed dbt does not load"
    printf '%s\n' "$WANTED" >"$VENV/.complete.new"
    mv -f "$VENV/.complete.new" "$VENV/.complete"
  fi
  flock -u 9
fi
printf '%s\n' "$VENV/bin/dbt"
