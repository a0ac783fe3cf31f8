#!/usr/bin/env bash
# Measures how fast one client downloads a snapshot of incompressible data over loopback, out of a warm page
# cache: from a store without encryption and from one with it; beside it, how fast the client reads the same
# bytes from a file without any server, as the limit.
#
# usage: server-impl/bench/download.sh [MEGABYTES [ROUNDS]]
#        after: mvn -DskipTests package; JAR=FILE measures another build of the service
# needs: redis-server, redis-cli, curl, java; room for three times the data in ${TMPDIR:-/tmp}
set -euo pipefail
megabytes=${1:-1024}
rounds=${2:-5}
. "$(dirname "$0")/common.sh"
start_redis
fill incompressible "$megabytes"
java -jar "$jar" key create "$work/keyset.json" > /dev/null
snapshot() {
  back_up
  echo "$url/managed-redis/v1/backups/$(newest_backup)/shards/shard1/rdb"
}
start_service plain '';                                            plain=$(snapshot)
start_service encrypted 'encryption: {keysetFile: ./keyset.json}'; encrypted=$(snapshot)
redis-cli -p "$port" shutdown nosave 2>/dev/null || true
curl -sf -o "$work/dump.rdb" "$plain"

rate() { curl -sf -o /dev/null -w '%{speed_download}\n' "$1" | awk '{ printf "%.0f", $1 / 1e6 }'; }
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$service_pid/stat"; }
for _ in 1 2 3; do rate "$plain" > /dev/null; rate "$encrypted" > /dev/null; rate "file://$work/dump.rdb" > /dev/null; done
about incompressible "$megabytes"
echo "MB (10^6 bytes) per second; the last column for each second of CPU time of the service, encrypted"
echo "round  plain  encrypted  file without a server  encrypted per CPU s"
for ((round = 1; round <= rounds; round++)); do
  a=$(rate "$plain"); before=$(cpu); b=$(rate "$encrypted"); after=$(cpu); c=$(rate "file://$work/dump.rdb")
  echo "$round $a $b $c $before $after $(stat -c %s "$work/dump.rdb")" |
    awk '{ printf "%5d  %5d  %9d  %21d  %19d\n", $1, $2, $3, $4, $7 / 1e6 / ($6 - $5) }' | tee -a "$work/rounds"
done
echo "median $(median 2), $(median 3), $(median 4); $(median 5) per CPU second"
echo "load average after $(cut -d ' ' -f 1-3 /proc/loadavg)"
