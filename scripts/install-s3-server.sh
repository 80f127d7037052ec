#!/usr/bin/env bash
# Builds VersityGW, an S3 server over a folder, beside the clone for the tests of the lake on S3, and prints where. Needs Go.
set -euo pipefail
version=v1.8.0
cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
program="$cache/bin/versitygw"
[[ -x "$program" && "$(cat "$program.version" 2>/dev/null)" == "$version" ]] && { echo "$program"; exit 0; }
command -v go >/dev/null || { echo 'Go is not installed: the lake on S3 is not tested here.' >&2; exit 1; }
echo "Building VersityGW $version in $cache/bin" >&2
mkdir -p "$cache/bin"
GOBIN="$cache/bin" GOFLAGS=-mod=mod go install "github.com/versity/versitygw/cmd/versitygw@$version"
echo "$version" >"$program.version"
echo "$program"
