# Starts a Sentinel, which finds the other servers and Sentinels by itself. Its configuration is in its volume, because that
# is where it records which server is the master, and its votes.
set -eu
if [ ! -s /data/sentinel.conf ]; then
  umask 077
  cat >/data/sentinel.conf.new <<CONF
port 26379
dir /data
protected-mode no
sentinel monitor boxoffice 172.31.77.11 6379 2
sentinel auth-pass boxoffice $(cat /secrets/password)
sentinel down-after-milliseconds boxoffice 3000
sentinel failover-timeout boxoffice 10000
CONF
  mv /data/sentinel.conf.new /data/sentinel.conf
fi
exec docker-entrypoint.sh valkey-server /data/sentinel.conf --sentinel
