#!/usr/bin/env bash
# Installs the pinned MLflow releases beside the clone, never in it, and prints the folder that holds them:
# mlflow3/bin and mlflow2/bin below it. Needs Python 3.10 or newer and a package index; the second run is instant.
set -euo pipefail

cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
# The newest of each line whose parts are all on the index.
declare -A pinned=([3]=3.17.2 [2]=2.22.5)
# psycopg2 for MLflow on PostgreSQL, boto3 for artefacts in S3. MLflow 2 takes any SQLAlchemy below 3, but does not
# start with 2.1.
declare -A beside=([3]='psycopg2-binary boto3' [2]='psycopg2-binary sqlalchemy<2.1')

mkdir -p "$cache"
exec 9>"$cache/mlflow.lock"
flock 9

for major in 3 2; do
  venv="$cache/mlflow$major"
  wanted="mlflow==${pinned[$major]} ${beside[$major]}"
  [[ -x "$venv/bin/mlflow" && "$(cat "$venv/installed" 2>/dev/null)" == "$wanted" ]] && continue
  echo "Installing $wanted in $venv" >&2
  # One that lacks only what is beside MLflow is completed where it stands.
  installed="$("$venv/bin/python" -c 'import importlib.metadata as m; print(m.version("mlflow"))' 2>/dev/null || true)"
  [[ "$installed" == "${pinned[$major]}" && -x "$venv/bin/mlflow" ]] || python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check $wanted 9>&-
  echo "$wanted" >"$venv/installed"
done
echo "$cache"
