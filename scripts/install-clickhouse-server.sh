#!/usr/bin/env bash
# Unpacks the ClickHouse server that Debian 12 packages beside the clone, never into the system, and prints the folder:
# bin/clickhouse-server and the libraries it needs in lib. It is of 2018, too old for our SQL: tests hold against it what
# a real server that cannot be used is told. Needs apt and a release that has the package; the second run is instant.
set -euo pipefail

cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
place="$cache/clickhouse-server"
if [[ -x "$place/bin/clickhouse-server" ]]; then
  echo "$place"
  exit 0
fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null || { echo 'There is no apt here: no ClickHouse server.' >&2; exit 1; }
apt-cache show clickhouse-server >/dev/null 2>&1 || { echo 'This release of Debian packages no ClickHouse server.' >&2; exit 1; }

mkdir -p "$cache"
exec 9>"$cache/clickhouse-server.lock"
flock 9
[[ -x "$place/bin/clickhouse-server" ]] && { echo "$place"; exit 0; }

making="$(mktemp -d)"
trap 'rm -rf "$making"' EXIT
chmod 755 "$making"
only=(--no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances)
# The machine's own C library stays in use: another release's would not fit its loader.
mapfile -t packages < <(apt-cache depends --recurse "${only[@]}" clickhouse-server \
  | grep -E '^(lib|zlib|clickhouse)' | grep -Ev '^(libc6|libcrypt1|libgcc-s1|libpam|libaudit|libselinux|libsemanage|libsepol|libdebian|libnewt|libslang)' | sort -u)
cd "$making"
apt-get download -q "${packages[@]}" >/dev/null 2>"$making/said" || { echo "The packages could not be fetched: $(tail -1 "$making/said")" >&2; exit 1; }
for package in *.deb; do dpkg -x "$package" root; done
mkdir -p made/bin made/lib
cp root/usr/sbin/clickhouse-server made/bin/
find root -name '*.so*' -not -type d -exec cp -P {} made/lib/ \;
dpkg-deb --field clickhouse-server_*.deb Version | cut -d+ -f1 >made/version
chmod -R a+rX made
# Told apart from one that lacks a library before it counts as installed; any answer of its own will do.
said="$(LD_LIBRARY_PATH="$making/made/lib" made/bin/clickhouse-server --help 2>&1 || true)"
[[ "$said" == *'error while loading shared libraries'* ]] && { echo "$said" >&2; exit 1; }
rm -rf "$place"
mv made "$place"
echo "$place"
