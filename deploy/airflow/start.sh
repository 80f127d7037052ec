#!/usr/bin/env bash
# One service of Airflow over the stack: `start.sh migrate | api-server | scheduler | dag-processor`. Airflow's own
# settings come by its own variables (secrets as AIRFLOW__…_CMD); besides them:
#   AIRFLOW_PASSWORDS_FILE   JSON of names and passwords of those who may sign in: {"admin": "…"}; required
#   AIRFLOW_PORT             port of the API server, 8080;  AIRFLOW_LISTEN   where it listens, 0.0.0.0
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
bin="${AIRFLOW_BIN:-$(dirname "$(command -v airflow)")}"
export AIRFLOW_HOME="${AIRFLOW_HOME:-$HOME/airflow}"
export AIRFLOW__CORE__DAGS_FOLDER="${AIRFLOW__CORE__DAGS_FOLDER:-$here/dags}"
export AIRFLOW__CORE__LOAD_EXAMPLES=false
export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS="${AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS:-admin:admin}"
# Tasks of one machine at once: each holds a process of the scheduler's, of which Airflow would keep 32.
export AIRFLOW__CORE__PARALLELISM="${AIRFLOW__CORE__PARALLELISM:-4}"
mkdir -p "$AIRFLOW_HOME"

# Airflow opens the file for writing, and a secret is there for reading alone.
passwords="$AIRFLOW_HOME/passwords.json"
install -m 600 "${AIRFLOW_PASSWORDS_FILE:?names the file with the passwords of those who may sign in}" "$passwords"
export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE="$passwords"

case "${1:?migrate, api-server, scheduler or dag-processor}" in
  migrate)
    "$bin/airflow" db migrate
    # Flows of one warehouse wait for one another in a pool; shards of a tournament run side by side.
    "$bin/airflow" pools set assay_flows 1 'Flows of one warehouse, one at a time'
    "$bin/airflow" pools set assay_shards "${AIRFLOW_ASSAY_SHARD_SLOTS:-4}" 'Shards of a tournament, side by side'
    ;;
  api-server)
    exec "$bin/airflow" api-server --host "${AIRFLOW_LISTEN:-0.0.0.0}" --port "${AIRFLOW_PORT:-8080}" --workers 1
    ;;
  scheduler | dag-processor)
    exec "$bin/airflow" "$1"
    ;;
  *)
    echo "There is no service $1." >&2
    exit 2
    ;;
esac
