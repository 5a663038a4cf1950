#!/usr/bin/env bash
# Fetches the prebuilt libduckdb that the binary links against and prints the
# environment that a build needs. Safe to run again: a finished step is skipped.
#
#   scripts/setup.sh          prepare, and say what to export
#   scripts/setup.sh --env    the same, with nothing but `export` lines on stdout
#
# Reads:  NEXUS_CACHE     where everything lands (default ~/.cache/nexus)
#         DUCKDB_LIB_DIR  a folder with a libduckdb.so of your own, for instance from
#                         DuckDB's official release archive (libduckdb-linux-amd64.zip
#                         of the version below): it is checked and used as it is
set -euo pipefail

VERSION=1.5.6
PACKAGE=@duckdb/node-bindings-linux-x64@1.5.6-r.1
# The integrity that the npm registry publishes for this package, pinned here.
INTEGRITY=IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q==
LIBRARY_SHA256=3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633

CACHE=${NEXUS_CACHE:-${HOME:?HOME is not set}/.cache/nexus}
DEFAULT_LIB_DIR=$CACHE/duckdb-$VERSION
LIB_DIR=${DUCKDB_LIB_DIR:-$DEFAULT_LIB_DIR}

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  printf 'setup: error: %s\n' "$1" >&2
  shift
  for hint in "$@"; do printf 'setup:   %s\n' "$hint" >&2; done
  exit 1
}

# Names every missing tool at once, with the way to get it.
check_tools() {
  local missing=() tool
  for tool in cargo python3 flock sha256sum tar; do
    command -v "$tool" >/dev/null 2>&1 || missing+=("$tool")
  done
  command -v cc >/dev/null 2>&1 || missing+=("cc")
  if [ "$LIB_DIR" = "$DEFAULT_LIB_DIR" ] && [ ! -f "$LIB_DIR/.complete" ]; then
    command -v npm >/dev/null 2>&1 || missing+=("npm")
  fi
  [ ${#missing[@]} -eq 0 ] && return
  local hints=() apt=()
  for tool in "${missing[@]}"; do
    case $tool in
      cargo) hints+=("cargo: install Rust 1.90 or later (https://rustup.rs)") ;;
      cc) apt+=(gcc libc6-dev) ;;
      flock) apt+=(util-linux) ;;
      sha256sum) apt+=(coreutils) ;;
      *) apt+=("$tool") ;;
    esac
  done
  [ ${#apt[@]} -gt 0 ] && hints+=("apt-get install -y ${apt[*]}")
  fail "missing: ${missing[*]}" "${hints[@]}"
}

check_platform() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] && return
  [ "$LIB_DIR" != "$DEFAULT_LIB_DIR" ] && return
  fail "the pinned libduckdb is for Linux on x86_64, this is $(uname -s) on $(uname -m)" \
    "Unpack libduckdb $VERSION from DuckDB's release archive and set DUCKDB_LIB_DIR to its folder."
}

sha256_of() { sha256sum "$1" | cut -d' ' -f1; }

# Puts libduckdb.so in its folder by one rename, so that no reader sees half of it.
fetch_library() {
  local work
  work=$(mktemp -d "$CACHE/.fetch-XXXXXX")
  # shellcheck disable=SC2064 # the folder's name is wanted as it is now
  trap "rm -rf '$work'" EXIT
  say "fetching $PACKAGE with npm"
  (cd "$work" && npm pack --silent "$PACKAGE" >npm.out 2>npm.err) ||
    fail "npm could not fetch $PACKAGE" "$(tail -n 3 "$work/npm.err" 2>/dev/null | tr '\n' ' ')" \
      "Or unpack libduckdb $VERSION from DuckDB's release archive and set DUCKDB_LIB_DIR to its folder."
  local archives=("$work"/*.tgz) found
  [ -f "${archives[0]}" ] || fail "npm pack left no archive in $work"
  found=$(python3 - "${archives[0]}" <<'PY'
import base64, hashlib, sys
print(base64.b64encode(hashlib.sha512(open(sys.argv[1], "rb").read()).digest()).decode())
PY
  )
  [ "$found" = "$INTEGRITY" ] ||
    fail "the archive of $PACKAGE is not the pinned one" "expected sha512-$INTEGRITY" "found    sha512-$found"
  mkdir "$work/lib"
  tar -xzf "${archives[0]}" -C "$work/lib" --strip-components=1 package/libduckdb.so package/LICENSE
  [ "$(sha256_of "$work/lib/libduckdb.so")" = "$LIBRARY_SHA256" ] || fail "libduckdb.so is not the pinned one"
  mkdir -p "$LIB_DIR"
  mv -f "$work/lib/LICENSE" "$LIB_DIR/LICENSE"
  mv -f "$work/lib/libduckdb.so" "$LIB_DIR/libduckdb.so"
  printf '%s\n' "$LIBRARY_SHA256" >"$work/complete"
  mv -f "$work/complete" "$LIB_DIR/.complete"
  rm -rf "$work"
  trap - EXIT
  say "libduckdb $VERSION is in $LIB_DIR"
}

library_is_complete() {
  [ -f "$LIB_DIR/libduckdb.so" ] && [ "$(cat "$LIB_DIR/.complete" 2>/dev/null)" = "$LIBRARY_SHA256" ]
}

prepare_library() {
  if [ "$LIB_DIR" != "$DEFAULT_LIB_DIR" ]; then
    [ -f "$LIB_DIR/libduckdb.so" ] ||
      fail "DUCKDB_LIB_DIR is set to $LIB_DIR, which has no libduckdb.so" \
        "Unset DUCKDB_LIB_DIR to have version $VERSION fetched, or put that version there."
    say "using libduckdb.so of DUCKDB_LIB_DIR"
    return
  fi
  library_is_complete && return
  exec 9>"$CACHE/.setup.lock"
  flock 9
  # Another run may have finished it while this one waited.
  if ! library_is_complete; then
    if [ -f "$LIB_DIR/libduckdb.so" ] && [ "$(sha256_of "$LIB_DIR/libduckdb.so")" = "$LIBRARY_SHA256" ]; then
      printf '%s\n' "$LIBRARY_SHA256" >"$LIB_DIR/.complete"
    else
      fetch_library
    fi
  fi
  flock -u 9
}

check_tools
check_platform
mkdir -p "$CACHE"
prepare_library

if [ "${1:-}" = --env ]; then
  printf 'export DUCKDB_LIB_DIR=%q\n' "$LIB_DIR"
  printf 'export CARGO_TARGET_DIR=%q\n' "${CARGO_TARGET_DIR:-$CACHE/target}"
else
  say "ready. make sets these itself; for cargo by hand: eval \"\$(scripts/setup.sh --env)\""
  say "  DUCKDB_LIB_DIR=$LIB_DIR"
  say "  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}"
fi
