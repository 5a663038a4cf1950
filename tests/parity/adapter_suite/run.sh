#!/usr/bin/env bash
# Runs dbt-labs' adapter test suite (dbt-tests-adapter as dbt-duckdb subclasses it) against the nexus binary.
# The suite comes from PyPI and is kept outside of the checkout: dbt-duckdb's tests from its source package.
#
#   run.sh BINARY [pytest arguments…]
#
# Reads: NEXUS_CACHE (default ~/.cache/nexus), PYTHON (default python3)
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
HOME_OF_SUITE=$CACHE/adapter-suite
REQUIREMENTS=$HERE/requirements.txt
BINARY=$(realpath "${1:?the binary to test}")
shift

WANTED=$(cat "$HERE/../requirements.txt" "$REQUIREMENTS" | sha256sum | cut -d' ' -f1)
is_complete() { [ "$(cat "$HOME_OF_SUITE/.complete" 2>/dev/null)" = "$WANTED" ]; }

mkdir -p "$CACHE"
if ! is_complete; then
  exec 9>"$CACHE/.adapter-suite.lock"
  flock 9
  if ! is_complete; then
    rm -rf "$HOME_OF_SUITE"
    "${PYTHON:-python3}" -m venv "$HOME_OF_SUITE"
    PIP=("$HOME_OF_SUITE/bin/python" -m pip --quiet --disable-pip-version-check)
    "${PIP[@]}" install -r "$HERE/../requirements.txt" -r "$REQUIREMENTS" >&2
    DUCKDB=$(grep '^dbt-duckdb==' "$HERE/../requirements.txt")
    "${PIP[@]}" download --no-deps --no-binary :all: --dest "$HOME_OF_SUITE/source" "$DUCKDB" >&2
    tar --extract --gzip --strip-components 1 --directory "$HOME_OF_SUITE/source" --file "$HOME_OF_SUITE"/source/*.tar.gz
    # The package itself is installed; the copy in the source would hide it.
    rm -rf "$HOME_OF_SUITE/source/dbt"
    printf '%s\n' "$WANTED" >"$HOME_OF_SUITE/.complete"
  fi
  flock -u 9
fi

cd "$HOME_OF_SUITE/source"
if [ $# -eq 0 ]; then
  export NEXUS_SUITE_WHOLE=1
  set -- tests/functional/adapter
fi
export NEXUS_BIN=$BINARY PYTHONPATH=$HERE PYTHONDONTWRITEBYTECODE=1
# Models in Python run where the modules of their frames are.
export NEXUS_PYTHON=$HOME_OF_SUITE/bin/python
exec "$HOME_OF_SUITE/bin/python" -m pytest -p nexus_runner -p no:cacheprovider --profile file -q "$@"
