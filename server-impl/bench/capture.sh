#!/usr/bin/env bash
# Compares a whole backup (POST to done operation) with `redis-cli --rdb` to a file, on one server, in pairs.
#
# usage: server-impl/bench/capture.sh [MEGABYTES [PAIRS]]          after: mvn -DskipTests package
# needs: redis-server, redis-cli, curl, java; room for three times the data in ${TMPDIR:-/tmp}
set -euo pipefail
megabytes=${1:-1024}
pairs=${2:-5}
jar=$(cd "$(dirname "$0")/.." && pwd)/target/managed-redis-backup.jar
work=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
redis_pid= service_pid=
finish() {
  [ -z "$service_pid" ] || kill "$service_pid" 2>/dev/null || true
  [ -z "$redis_pid" ] || kill "$redis_pid" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$work" \
  --repl-diskless-sync yes --repl-diskless-sync-delay 0 > "$work/redis.log" &
redis_pid=$!
until redis-cli -p "$port" ping > /dev/null 2>&1; do kill -0 "$redis_pid"; sleep 0.1; done

# 1 MB values from the kernel's random numbers: no compression makes them smaller.
for ((i = 0; i < megabytes; i++)); do
  head -c 1048576 /dev/urandom | redis-cli -p "$port" -x set "key:$i" > /dev/null
done

cat > "$work/config.yaml" <<EOF
listen: 127.0.0.1:0
dataDir: ./data
clusters:
  - {id: bench, folderId: bench, name: bench, nodes: ['127.0.0.1:$port']}
EOF
java -Xmx128m -jar "$jar" serve --config "$work/config.yaml" > "$work/out" 2> "$work/err" &
service_pid=$!
until grep -q Listening "$work/out"; do kill -0 "$service_pid"; sleep 0.1; done
url=$(sed 's/.* //' "$work/out")

seconds() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", b - a }'; }
by_cli() {
  local from=$EPOCHREALTIME
  redis-cli -p "$port" --rdb "$work/cli.rdb" > /dev/null 2>&1
  seconds "$from" "$EPOCHREALTIME"
  rm -f "$work/cli.rdb"
}
by_service() {
  local from=$EPOCHREALTIME operation answer
  operation=$(curl -sf -X POST "$url/managed-redis/v1/clusters/bench:backup" | sed 's/.*"id":"\([a-z2-7]*\)".*/\1/')
  operation=${operation:0:20}
  until answer=$(curl -sf "$url/operations/$operation") && [[ $answer == *'"done":true'* ]]; do sleep 0.02; done
  seconds "$from" "$EPOCHREALTIME"
  [[ $answer == *'"response"'* ]] || { echo "the backup failed: $answer" >&2; exit 1; }
  local backup
  backup=$(curl -sf "$url/managed-redis/v1/clusters/bench/backups?pageSize=1" | sed 's/.*"id":"\(bench:[^"]*\)".*/\1/')
  curl -sf -X DELETE "$url/managed-redis/v1/backups/$backup" > /dev/null
}

by_cli > /dev/null; by_service > /dev/null   # a warm-up of each, not counted
echo "$megabytes MB incompressible, $(redis-cli -p "$port" info server | sed -n 's/redis_version:\([^\r]*\).*/Redis \1/p'), $(java -version 2>&1 | head -n 1), -Xmx128m"
echo "pair  redis-cli s  backup s  ratio"
for ((pair = 1; pair <= pairs; pair++)); do
  # Who goes first alternates: the second finds warmer memory.
  if ((pair % 2)); then cli=$(by_cli); ours=$(by_service); else ours=$(by_service); cli=$(by_cli); fi
  echo "$pair $cli $ours" | awk '{ printf "%4d  %11.3f  %8.3f  %5.3f\n", $1, $2, $3, $3 / $2 }' | tee -a "$work/pairs"
done
median() { awk -v c="$1" '{ print $c }' "$work/pairs" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
echo "median $(median 2) s, $(median 3) s, ratio $(median 4)"
echo "peak resident set of the service: $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$service_pid/status") MB"
