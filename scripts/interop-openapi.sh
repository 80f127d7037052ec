#!/usr/bin/env bash
# Installs the pinned checkers of OpenAPI documents beside the clone, never in it, and runs them over the API: the
# document against the OpenAPI 3.1 specification, then requests made from it against a server of ours on loopback.
# Needs Python 3.10 or newer and a package index.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
"$here/scripts/python-environment.sh" openapi 'schemathesis==4.32.5' 'openapi-spec-validator==0.9.0' >/dev/null
[[ "${1:-}" == "--install" ]] && exit 0

cd "$here"
npx vitest run --project slow tests/interop/openapi.test.ts
