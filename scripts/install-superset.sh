#!/usr/bin/env bash
# Installs the Superset of deploy/superset/requirements.txt beside the clone, never in it, and prints the folder that
# holds it: bin/superset below it, and prepared/superset.db, an empty set of Superset's own tables that tests copy, since
# making them takes half a minute. Needs Python 3.10 to 3.12 and a package index; the second run is instant.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$("$here/scripts/python-environment.sh" superset "$here/deploy/superset/requirements.txt")"

exec 9>"$venv/prepared.lock"
flock 9
if [[ ! -f "$venv/prepared/done" ]]; then
  mkdir -p "$venv/prepared"
  key="$(mktemp)"
  trap 'rm -f "$key"' EXIT
  head -c 48 /dev/urandom | base64 >"$key"
  for step in "db upgrade" init; do
    # Nothing in these tables is signed with the key: whoever copies them brings another one.
    if ! SUPERSET_SECRET_KEY_FILE="$key" SUPERSET_HOME="$venv/prepared" \
      SUPERSET_CONFIG_PATH="$here/deploy/superset/superset_config.py" \
      "$venv/bin/superset" $step >"$venv/prepared/log" 2>&1; then
      tail -5 "$venv/prepared/log" >&2
      exit 1
    fi
  done
  touch "$venv/prepared/done"
fi
echo "$venv"
