#!/usr/bin/env bash
# Installs the pinned MLflow releases beside the clone, never in it, and prints the folder that holds them:
# mlflow3/bin and mlflow2/bin below it. Needs Python 3.10 or newer and a package index; the second run is instant.
set -euo pipefail

cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
# The newest of each line whose parts are all on the index.
declare -A pinned=([3]=3.17.2 [2]=2.22.5)
# psycopg2 for MLflow on PostgreSQL. MLflow 2 takes any SQLAlchemy below 3, but does not start with 2.1.
declare -A beside=([3]='psycopg2-binary' [2]='psycopg2-binary sqlalchemy<2.1')

mkdir -p "$cache"
exec 9>"$cache/mlflow.lock"
flock 9

for major in 3 2; do
  venv="$cache/mlflow$major"
  installed="$("$venv/bin/python" -c 'import importlib.metadata as m; print(m.version("mlflow"))' 2>/dev/null || true)"
  if [[ "$installed" != "${pinned[$major]}" || ! -x "$venv/bin/mlflow" ]]; then
    echo "Installing MLflow ${pinned[$major]} in $venv" >&2
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "mlflow==${pinned[$major]}" ${beside[$major]} 9>&-
  fi
done
echo "$cache"
