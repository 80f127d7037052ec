#!/usr/bin/env bash
# Installs the real servers beside the clone (each once, shared by every clone) and runs tests/stack against them. The
# suites start what they need on free ports and stop it; a server that cannot be installed shows as skipped, by name.
# At the end a table: system, version, how it came, what ran against it, with what result. With --install it only installs.
set -uo pipefail
cd "$(dirname "$0")/.."
reports="$(mktemp -d)"
trap 'rm -rf "$reports"' EXIT

for installer in scripts/install-{postgres,s3-server,mlflow,clickhouse-clients,clickhouse-server,compose,superset,airflow}.sh; do
  [[ -x "$installer" ]] || continue
  if place="$(timeout 900 "$installer" 2>"$reports/install.log" </dev/null)"; then
    echo "ready   $installer ${place//$'\n'/ }"
  else
    echo "absent  $installer: $(tail -1 "$reports/install.log")"
  fi
done

[[ "${1:-}" == '--install' ]] && exit 0
# Where the whole check collects reports, the configuration would name the file.
env -u ASSAY_TEST_REPORTS node_modules/.bin/vitest run --project stack --reporter=default --reporter=json --outputFile.json="$reports/stack.json" "$@"
outcome=$?
scripts/stack table "$reports/stack.json"
[[ -n "${ASSAY_TEST_REPORTS:-}" ]] && cp "$reports/stack.json" "$ASSAY_TEST_REPORTS/vitest-stack.json"
exit "$outcome"
