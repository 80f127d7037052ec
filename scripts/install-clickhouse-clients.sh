#!/usr/bin/env bash
# Installs clients of ClickHouse that nobody here wrote, beside the clone: clickhouse-connect with its SQLAlchemy dialect.
# Prints the folder: bin/python below it. Needs Python and a package index; the second run is instant.
set -euo pipefail
venv="${ASSAY_CACHE:-$HOME/.cache/assay}/clickhouse-clients"
wanted=1.12.0
installed="$("$venv/bin/python" -c 'import importlib.metadata as m; print(m.version("clickhouse-connect"))' 2>/dev/null || true)"
if [[ "$installed" != "$wanted" ]]; then
  echo "Installing clickhouse-connect $wanted in $venv" >&2
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "clickhouse-connect[sqlalchemy]==$wanted" 'sqlalchemy<2.1'
fi
echo "$venv"
