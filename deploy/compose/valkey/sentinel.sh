# Starts a Sentinel. It finds the other servers and Sentinels by itself.
set -eu
umask 077
cat >/data/sentinel.conf <<CONF
port 26379
dir /data
protected-mode no
sentinel monitor boxoffice 172.31.77.11 6379 2
sentinel auth-pass boxoffice $(cat /secrets/password)
sentinel down-after-milliseconds boxoffice 3000
sentinel failover-timeout boxoffice 10000
CONF
exec docker-entrypoint.sh valkey-server /data/sentinel.conf --sentinel
