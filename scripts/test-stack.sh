#!/usr/bin/env bash
# Installs the real servers beside the clone (each once, shared by every clone) and runs tests/stack against them. The
# suites start what they need on free ports and stop it; a server that cannot be installed shows as skipped, by name.
# With --install it only installs.
set -uo pipefail
cd "$(dirname "$0")/.."

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
for installer in scripts/install-{postgres,s3-server,mlflow,clickhouse-clients,airflow,superset}.sh; do
  [[ -x "$installer" ]] || continue
  if place="$(timeout 900 "$installer" 2>"$log" </dev/null)"; then
    echo "ready   $installer ${place//$'\n'/ }"
  else
    echo "absent  $installer: $(tail -1 "$log")"
  fi
done

[[ "${1:-}" == '--install' ]] && exit 0
npx vitest run --project stack "$@"
