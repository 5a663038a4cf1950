#!/usr/bin/env bash
# Reads each .sql file below the folders given for what Redshift refuses (refusals.py), with sqlglot from a venv of its own.
# Reads: NEXUS_CACHE (default ~/.cache/nexus)
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
VENV=$CACHE/lab/redshift
PACKAGE=sqlglot==30.22.0

if [ "$(cat "$VENV/.complete" 2>/dev/null)" != "$PACKAGE" ]; then
  mkdir -p "$CACHE/lab"
  exec 9>"$CACHE/lab/.redshift.lock"
  flock 9
  if [ "$(cat "$VENV/.complete" 2>/dev/null)" != "$PACKAGE" ]; then
    [ -x "$VENV/bin/pip" ] || python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --disable-pip-version-check "$PACKAGE" >&2
    printf '%s' "$PACKAGE" >"$VENV/.complete"
  fi
  flock -u 9
fi
[ "$#" -gt 0 ] || exit 0
exec "$VENV/bin/python" "$HERE/refusals.py" "$@"
