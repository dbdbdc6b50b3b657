#!/bin/bash
# start.sh <own name> <name of the primary>: starts PostgreSQL as the primary, or as a streaming replica of it.
set -euo pipefail
name=$1 primary=$2
export PGDATA=${PGDATA:-/var/lib/postgresql/18/docker}

# Copies into a folder beside the final one first: an interrupted copy must not look like a complete one.
copy_from_primary() {
  local copy=$PGDATA.copy
  trap 'exit 1' INT TERM # which the first process of a container ignores otherwise
  mkdir -p "$(dirname "$PGDATA")"
  rm -rf "$copy"
  until PGPASSWORD=$REPLICATION_PASSWORD pg_basebackup --pgdata "$copy" --write-recovery-conf --wal-method stream \
    --checkpoint fast --dbname "host=$primary user=replicator application_name=$name"; do
    rm -rf "$copy"
    sleep 1
  done
  rm -rf "$PGDATA"
  mv "$copy" "$PGDATA"
}

if [ "$name" != "$primary" ]; then
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    copy_from_primary
  elif [ ! -f "$PGDATA/standby.signal" ]; then
    cat >&2 <<REFUSAL
$name has the data of a primary, but POSTGRES_PRIMARY is $primary. Two primaries would lose bookings. If $name has been
promoted, set POSTGRES_PRIMARY=$name. If $primary has been promoted, delete the data of $name, which is then copied again.
REFUSAL
    exit 1
  fi
fi
exec docker-entrypoint.sh postgres
