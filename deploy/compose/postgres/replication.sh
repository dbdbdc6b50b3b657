# Run once by the image, when it creates the database. What is set here applies from the next start on: earlier, the image's
# own commits would wait for a replica that cannot be there yet. On the command line it would do that too, and the ALTER
# SYSTEM of an operator who goes on without the replica would have no effect.
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$REPLICATION_PASSWORD" <<'SQL'
create role replicator replication login password :'password';
alter system set wal_keep_size = '1GB';
alter system set synchronous_commit = remote_apply;
alter system set synchronous_standby_names = '*';
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
