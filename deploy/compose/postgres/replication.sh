# The image runs this once, when it creates the database. These settings apply from the next start on: any earlier, the image's
# own commits would wait for a replica that cannot exist yet. So they would if the settings were on the command line, where
# they would also override the ALTER SYSTEM of an operator who continues without the replica.
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$REPLICATION_PASSWORD" <<'SQL'
create role replicator replication login password :'password';
alter system set wal_keep_size = '1GB';
alter system set synchronous_commit = remote_apply;
alter system set synchronous_standby_names = '*';
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
