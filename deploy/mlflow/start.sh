#!/bin/sh
# MLflow over the stack's PostgreSQL and bucket. The database's address comes from the file that MLFLOW_DATABASE_URL_FILE
# names, the bucket's credentials from AWS_SHARED_CREDENTIALS_FILE.
#   MLFLOW_LISTEN, MLFLOW_PORT   where to listen: 127.0.0.1, 5000
#   MLFLOW_ARTIFACTS            where artefacts go: s3://bucket/prefix or a folder
#   MLFLOW_HOSTS                names under which it may be asked, with commas
set -eu
bin="${MLFLOW_BIN:-$(dirname "$(command -v mlflow)")}"
# In the environment and not in the list of processes.
MLFLOW_BACKEND_STORE_URI="$(cat "${MLFLOW_DATABASE_URL_FILE:?names the file with the address of the database}")"
export MLFLOW_BACKEND_STORE_URI
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false
exec "$bin/mlflow" server --host "${MLFLOW_LISTEN:-127.0.0.1}" --port "${MLFLOW_PORT:-5000}" \
  --workers "${MLFLOW_WORKERS:-1}" --artifacts-destination "${MLFLOW_ARTIFACTS:?says where artefacts go}" \
  --allowed-hosts "${MLFLOW_HOSTS:-localhost:*,127.0.0.1:*}"
