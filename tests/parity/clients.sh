#!/usr/bin/env bash
# Prepares the Python environment that holds the real clients of dbt's artifacts (clients/requirements.in) and prints
# the path of its `python`. Safe to run again and from several processes at once: the work is done once, under a lock,
# and stamped with the checksum of requirements.txt.
#
# Reads: NEXUS_CACHE (default ~/.cache/nexus), PYTHON (default python3)
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
VENV=$CACHE/clients
REQUIREMENTS=$HERE/clients/requirements.txt
PYTHON=${PYTHON:-python3}
# It resolves and unpacks 130 packages in seconds, where pip takes minutes.
INSTALLER=uv==0.13.9

say() { printf 'clients: %s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

for tool in "$PYTHON" flock sha256sum; do
  command -v "$tool" >/dev/null 2>&1 || fail "missing: $tool (apt-get install -y python3 util-linux coreutils)"
done
"$PYTHON" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' ||
  fail "the clients need Python 3.11 to 3.13, $PYTHON is $("$PYTHON" -V 2>&1); set PYTHON"

WANTED=$(sha256sum "$REQUIREMENTS" | cut -d' ' -f1)
is_complete() { [ -x "$VENV/bin/python" ] && [ "$(cat "$VENV/.complete" 2>/dev/null)" = "$WANTED" ]; }

mkdir -p "$CACHE"
if ! is_complete; then
  exec 9>"$CACHE/.clients.lock"
  flock 9
  if ! is_complete; then
    say "installing $(grep -c '==' "$REQUIREMENTS") pinned packages into $VENV (half a minute)"
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV" || fail "could not make it; apt-get install -y python3-venv"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check "$INSTALLER" >&2 || fail "pip could not install $INSTALLER"
    "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" -r "$REQUIREMENTS" >&2 || fail "uv could not install $REQUIREMENTS"
    "$VENV/bin/python" -c 'import dagster_dbt, dbt_artifacts_parser, dbt_bouncer' || fail "the installed clients do not load"
    printf '%s\n' "$WANTED" >"$VENV/.complete.new"
    mv -f "$VENV/.complete.new" "$VENV/.complete"
  fi
  flock -u 9
fi
printf '%s\n' "$VENV/bin/python"
