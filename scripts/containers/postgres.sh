#!/bin/sh
# What the entrypoint of postgres' own image does, as far as compose.yaml uses it: a cluster made once, as a user without
# rights, with the password of a file, and the scripts of the folder run before it listens to others.
set -eu
data=/var/lib/postgresql/data
if [ "$(id -u)" = 0 ]; then
  install --directory --owner postgres --group postgres --mode 700 "$data"
  exec gosu postgres "$0"
fi
if [ ! -s "$data/PG_VERSION" ]; then
  # Split into words, as the image does.
  # shellcheck disable=SC2086
  initdb --pgdata "$data" --username postgres --pwfile "$POSTGRES_PASSWORD_FILE" --locale C --encoding UTF8 $POSTGRES_INITDB_ARGS
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  pg_ctl --pgdata "$data" --options "-c listen_addresses='' -c unix_socket_directories=/tmp" --wait start
  for script in /docker-entrypoint-initdb.d/*.sh; do PGHOST=/tmp "$script"; done
  pg_ctl --pgdata "$data" --mode fast --wait stop
fi
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp
