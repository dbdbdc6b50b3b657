# Starts a server that Sentinel manages: valkey.sh <own address>. Its configuration is in its volume, because Sentinel has it
# rewritten at a failover: whoever restarts keeps the role it was given last.
set -eu
address=$1
first=172.31.77.11
if [ ! -s /data/valkey.conf ]; then
  umask 077
  password=$(cat /secrets/password)
  cat >/data/valkey.conf <<CONF
dir /data
appendonly yes
appendfsync always
maxmemory ${MAXMEMORY:-256mb}
maxmemory-policy noeviction
requirepass $password
masterauth $password
replica-announce-ip $address
CONF
  [ "$address" = "$first" ] || echo "replicaof $first 6379" >>/data/valkey.conf
fi
exec docker-entrypoint.sh valkey-server /data/valkey.conf
