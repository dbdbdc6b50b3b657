# valkey.sh <own address>: starts a server that Sentinel manages. Its configuration is in its volume, because Sentinel has it
# rewritten at a failover: a server that restarts keeps the role that it was last given.
set -eu
address=$1
first=172.31.77.11
if [ ! -s /data/valkey.conf ]; then
  umask 077
  password=$(cat /secrets/password)
  cat >/data/valkey.conf.new <<CONF
dir /data
appendonly yes
appendfsync always
maxmemory-policy noeviction
requirepass $password
masterauth $password
replica-announce-ip $address
CONF
  [ "$address" = "$first" ] || echo "replicaof $first 6379" >>/data/valkey.conf.new
  mv /data/valkey.conf.new /data/valkey.conf
fi
# The limit is on the command line, so that a change applies at the next start.
exec docker-entrypoint.sh valkey-server /data/valkey.conf --maxmemory "${MAXMEMORY:-256mb}"
