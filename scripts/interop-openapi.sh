#!/usr/bin/env bash
# Installs the pinned checkers of OpenAPI documents beside the clone, never in it, and runs them over the API: the
# document against the OpenAPI 3.1 specification, then requests made from it against a server of ours on loopback.
# Needs Python 3.10 or newer and a package index.
set -euo pipefail

venv="${ASSAY_CACHE:-$HOME/.cache/assay}/openapi"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
schemathesis=4.32.5
validator=0.9.0

installed="$("$venv/bin/python" -c 'import importlib.metadata as m; print(m.version("schemathesis"), m.version("openapi-spec-validator"))' 2>/dev/null || true)"
if [[ "$installed" != "$schemathesis $validator" ]]; then
  echo "Installing schemathesis $schemathesis in $venv" >&2
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$schemathesis" "openapi-spec-validator==$validator"
fi
[[ "${1:-}" == "--install" ]] && exit 0

cd "$here"
npx vitest run --project slow tests/interop/openapi.test.ts
