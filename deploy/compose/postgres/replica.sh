#!/bin/bash
# Starts a streaming replica of postgres-1, with a copy of its data when there is none yet.
set -euo pipefail
export PGDATA=${PGDATA:-/var/lib/postgresql/18/docker} PGPASSWORD=$REPLICATION_PASSWORD
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  until pg_basebackup -D "$PGDATA" -R -X stream -d "host=postgres-1 user=replicator application_name=postgres-2"; do
    rm -rf "${PGDATA:?}"/*
    sleep 1
  done
  # Its own settings are on the command line. The password stays out of the environment of the server.
fi
unset PGPASSWORD
exec docker-entrypoint.sh "$@"
