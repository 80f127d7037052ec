#!/usr/bin/env bash
# Prepares Superset and serves it: its tables, its roles, the administrator, Assay's dashboards, then the pages. Each
# step may be repeated, so a container that starts again loses nothing. `start.sh prepare` stops before serving.
# superset_config.py and assets.py say which variables there are; besides them:
#   SUPERSET_ADMIN, SUPERSET_ADMIN_PASSWORD_FILE   the administrator (admin) and the file with the password: required
#   SUPERSET_BIND                                  address and port to listen on, 127.0.0.1:8088
#   SUPERSET_WORKERS                               processes that serve, 2
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
bin="${SUPERSET_BIN:-$(dirname "$(command -v superset)")}"
export SUPERSET_CONFIG_PATH="${SUPERSET_CONFIG_PATH:-$here/superset_config.py}"
export SUPERSET_HOME="${SUPERSET_HOME:-$HOME/.superset}"
admin="${SUPERSET_ADMIN:-admin}"
password="${SUPERSET_ADMIN_PASSWORD_FILE:?names the file with the password of the administrator}"
mkdir -p "$SUPERSET_HOME"

"$bin/superset" db upgrade
"$bin/superset" init
"$bin/python" "$here/prepare.py" "$admin" "$password"

[[ "${1:-}" == prepare ]] && exit 0
exec "$bin/gunicorn" --bind "${SUPERSET_BIND:-127.0.0.1:8088}" --workers "${SUPERSET_WORKERS:-2}" \
  --worker-class gthread --threads 8 --timeout 120 --limit-request-line 0 --limit-request-field_size 0 \
  'superset.app:create_app()'
