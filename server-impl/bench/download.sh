#!/usr/bin/env bash
# Measures how fast one client downloads a snapshot of incompressible data over loopback, out of a warm page
# cache: from a store without encryption and from one with it; beside it, how fast the client reads the same
# bytes from a file without any server, as the limit.
#
# usage: server-impl/bench/download.sh [MEGABYTES [ROUNDS]]       after: mvn -DskipTests package
# needs: redis-server, redis-cli, curl, java; room for three times the data in ${TMPDIR:-/tmp}
set -euo pipefail
megabytes=${1:-1024}
rounds=${2:-5}
jar=$(cd "$(dirname "$0")/.." && pwd)/target/managed-redis-backup.jar
work=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$work" \
  --repl-diskless-sync yes --repl-diskless-sync-delay 0 > "$work/redis.log" &
pids+=($!)
until redis-cli -p "$port" ping > /dev/null 2>&1; do sleep 0.1; done
for ((i = 0; i < megabytes; i++)); do
  head -c 1048576 /dev/urandom | redis-cli -p "$port" -x set "key:$i" > /dev/null
done
java -jar "$jar" key create "$work/keyset.json" > /dev/null

# start NAME LINE-OF-CONFIGURATION: a service with one backup; prints the address of its snapshot
start() {
  printf '%s\n' 'listen: 127.0.0.1:0' "dataDir: ./$1" "$2" 'clusters:' \
    "  - {id: bench, folderId: bench, name: bench, nodes: ['127.0.0.1:$port']}" > "$work/$1.yaml"
  java -Xmx128m -jar "$jar" serve --config "$work/$1.yaml" > "$work/$1.out" 2> "$work/$1.err" &
  pids+=($!)
  until grep -q Listening "$work/$1.out"; do kill -0 "${pids[-1]}"; sleep 0.1; done
  local url operation
  url=$(sed 's/.* //' "$work/$1.out")
  operation=$(curl -sf -X POST "$url/managed-redis/v1/clusters/bench:backup" | sed 's/.*"id":"\([a-z2-7]*\)".*/\1/')
  until curl -sf "$url/operations/${operation:0:20}" | grep -q '"done":true'; do sleep 0.1; done
  address="$url/managed-redis/v1/backups/$(curl -sf "$url/managed-redis/v1/clusters/bench/backups" | sed 's/.*"id":"\(bench:[^"]*\)".*/\1/')/shards/shard1/rdb"
}
start plain '';                                        plain=$address
start encrypted 'encryption: {keysetFile: ./keyset.json}'; encrypted=$address
curl -sf -o "$work/dump.rdb" "$plain"

rate() { curl -sf -o /dev/null -w '%{speed_download}\n' "$1" | awk '{ printf "%.0f", $1 / 1e6 }'; }
for _ in 1 2 3; do rate "$plain" > /dev/null; rate "$encrypted" > /dev/null; rate "file://$work/dump.rdb" > /dev/null; done
echo "$megabytes MB incompressible, $(java -version 2>&1 | head -n 1), -Xmx128m, $(nproc) cores; MB/s"
echo "round  plain  encrypted  file without a server"
for ((round = 1; round <= rounds; round++)); do
  echo "$round $(rate "$plain") $(rate "$encrypted") $(rate "file://$work/dump.rdb")" |
    awk '{ printf "%5d  %5d  %9d  %21d\n", $1, $2, $3, $4 }' | tee -a "$work/rounds"
done
median() { awk -v c="$1" '{ print $c }' "$work/rounds" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
echo "median $(median 2), $(median 3), $(median 4)"
