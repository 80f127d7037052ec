#!/usr/bin/env bash
# Installs the Superset of deploy/superset/requirements.txt beside the clone, never in it, and prints the folder that
# holds it: bin/superset below it, and prepared/superset.db, an empty set of Superset's own tables that tests copy, since
# making them takes half a minute. Needs Python 3.10 to 3.12 and a package index; the second run is instant.
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

  mkdir -p "$venv/prepared"
  key="$(mktemp)"
  trap 'rm -f "$key"' EXIT
  head -c 48 /dev/urandom | base64 >"$key"
  for step in "db upgrade" init; do
    # Nothing in these tables is signed with the key: whoever copies them brings another one.
    if ! SUPERSET_SECRET_KEY_FILE="$key" SUPERSET_HOME="$venv/prepared" \
      SUPERSET_CONFIG_PATH="$here/deploy/superset/superset_config.py" \
      "$venv/bin/superset" $step >"$venv/prepared/log" 2>&1 9>&-; then
      tail -5 "$venv/prepared/log" >&2
      exit 1
    fi
  done
  cp "$wanted" "$mark"
fi
echo "$venv"
