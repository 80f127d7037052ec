#!/usr/bin/env bash
# Installs clients of ClickHouse that nobody here wrote: clickhouse-connect with its SQLAlchemy dialect. Prints the folder:
# bin/python below it.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/python-environment.sh" clickhouse-clients 'clickhouse-connect[sqlalchemy]==1.12.0' 'sqlalchemy<2.1'
