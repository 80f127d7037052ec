#!/usr/bin/env bash
# Installs the pinned MLflow releases beside the clone, never in it, and prints the folder that holds them:
# mlflow3/bin and mlflow2/bin below it. The newest of each line whose parts are all on the index.
set -euo pipefail
environment="$(dirname "${BASH_SOURCE[0]}")/python-environment.sh"
# psycopg2 for MLflow on PostgreSQL, boto3 for artefacts in S3. MLflow 2 takes any SQLAlchemy below 3, but does not start
# with 2.1.
"$environment" mlflow3 'mlflow==3.17.2' psycopg2-binary boto3 >/dev/null
dirname "$("$environment" mlflow2 'mlflow==2.22.5' psycopg2-binary 'sqlalchemy<2.1')"
