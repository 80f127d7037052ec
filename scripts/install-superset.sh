#!/usr/bin/env bash
# Installs the Superset of deploy/superset/requirements.txt beside the clone, never in it, and prints the folder that
# holds it: bin/superset below it. Needs Python 3.10 to 3.12 and a package index; the second run is instant.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
venv="$cache/superset"
wanted="$here/deploy/superset/requirements.txt"

mkdir -p "$cache"
exec 9>"$cache/superset.lock"
flock 9

# Written last: a folder whose installation was cut off, or is of other versions, is made again.
mark="$venv/installed-requirements.txt"
if ! cmp --silent "$wanted" "$mark"; then
  echo "Installing Superset in $venv" >&2
  "${ASSAY_PYTHON:-python3}" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check uv 9>&-
  "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --requirement "$wanted" 9>&-
  cp "$wanted" "$mark"
fi
echo "$venv"
