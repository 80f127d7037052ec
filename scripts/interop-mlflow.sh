#!/usr/bin/env bash
# Installs the pinned MLflow releases beside the clone, never in it, then compares our server with real ones request by
# request and runs MLflow's own Python clients and command line against ours: each difference is printed.
# ASSAY_INTEROP_SEED chooses which searches are made up. With --real also our own client against a real MLflow server.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="$("$here/scripts/install-mlflow.sh")"

cd "$here"
npx vitest run --project slow --disable-console-intercept tests/interop

[[ "${1:-}" == "--real" ]] || exit 0

# A real server on a free port and a folder of its own; it ends with this script.
folder="$(mktemp -d)"
port="$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')"
PATH="$cache/mlflow3/bin:$PATH" "$cache/mlflow3/bin/mlflow" server --host 127.0.0.1 --port "$port" --workers 1 \
  --backend-store-uri "sqlite:///$folder/mlflow.db" --artifacts-destination "$folder/artifacts" >"$folder/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 120); do
  if curl --silent --fail --output /dev/null "http://127.0.0.1:$port/health"; then ready=1; break; fi
  sleep 0.5
done
[[ "${ready:-}" == 1 ]] || { echo "MLflow did not start:" >&2; tail -20 "$folder/log" >&2; exit 1; }
ASSAY_TEST_MLFLOW_URL="http://127.0.0.1:$port" npx vitest run --project fast tests/contract/tracking.test.ts \
  tests/contract/tracking-copy.test.ts tests/contract/tracking-flows.test.ts
"$cache/mlflow3/bin/python" tests/interop/mlflow_client.py "http://127.0.0.1:$port" | tail -1
