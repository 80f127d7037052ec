#!/usr/bin/env bash
# Installs Debian's packages of Docker's engine and of debootstrap for `npm run trials:containers`; nothing is started. Needs root and apt.
set -euo pipefail
wanted=(docker.io debootstrap iptables)
for package in "${wanted[@]}"; do
  [[ "$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null)" == 'install ok installed' ]] && continue
  echo "Installing ${wanted[*]}" >&2
  apt-get update >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${wanted[@]}" >/dev/null
  break
done
