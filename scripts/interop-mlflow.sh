#!/usr/bin/env bash
# Installs the pinned MLflow releases beside the clone, never in it, then compares our server with real ones request by
# request, runs MLflow's own clients and command line against ours, and our flows and client over a real server: each
# difference is printed. ASSAY_INTEROP_SEED chooses which searches are made up.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
"$here/scripts/install-mlflow.sh" >/dev/null
"$here/scripts/install-mlflow-java.sh" || true

cd "$here"
npx vitest run --project slow tests/interop --disable-console-intercept
