# Starts a Sentinel. It finds the other servers and Sentinels by itself; names, because addresses change with restarts.
set -eu
umask 077
cat >/data/sentinel.conf <<CONF
port 26379
dir /data
protected-mode no
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $(hostname -i)
sentinel monitor boxoffice valkey-1 6379 2
sentinel auth-pass boxoffice $(cat /secrets/password)
sentinel down-after-milliseconds boxoffice 3000
sentinel failover-timeout boxoffice 10000
CONF
exec docker-entrypoint.sh valkey-server /data/sentinel.conf --sentinel
