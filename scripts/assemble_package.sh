#!/usr/bin/env bash
# Writes the package `nexus` to DEST, in the layout that dbt expects, from
# templates/framework, templates/sources and macros/nexus. What an earlier run
# wrote there is replaced; nothing else in DEST is touched.
#
#   scripts/assemble_package.sh DEST
set -euo pipefail

DEST=${1:?the folder of the package}
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

mkdir -p "$DEST"
if [ -e "$DEST/dbt_project.yml" ] && ! grep -q '^name: nexus$' "$DEST/dbt_project.yml"; then
  echo "assemble_package.sh: $DEST holds another project; choose an empty folder" >&2
  exit 2
fi
rm -rf "$DEST/models" "$DEST/macros" "$DEST/tests"
cp "$ROOT/templates/framework/dbt_project.yml" "$DEST/dbt_project.yml"
cp -r "$ROOT/templates/framework/models" "$DEST/models"
cp -r "$ROOT/templates/framework/tests" "$DEST/tests"
cp -r "$ROOT/macros/nexus" "$DEST/macros"
if [ -d "$ROOT/templates/sources" ]; then
  cp -r "$ROOT/templates/sources" "$DEST/models/sources"
fi
