#!/usr/bin/env bash
# Compares a whole backup with everything on (POST to done operation: CRC64, structure, SHA-256, zstd,
# encryption, fsync) with `redis-cli --rdb` to a file, and with what one would write by hand around it
# (redis-cli --rdb, sha256sum, zstd, openssl enc, one after the other); on one server, in rounds.
#
# usage: server-impl/bench/capture.sh [MEGABYTES [ROUNDS [incompressible|compressible]]]
#        after: mvn -DskipTests package
# needs: redis-server, redis-cli, zstd, openssl, curl, java; room for four times the data in ${TMPDIR:-/tmp}
set -euo pipefail
megabytes=${1:-1024}
rounds=${2:-5}
data=${3:-incompressible}
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

case $data in
  incompressible) # 1 MB values from the kernel's random numbers
    for ((i = 0; i < megabytes; i++)); do
      head -c 1048576 /dev/urandom | redis-cli -p "$port" -x set "key:$i" > /dev/null
    done ;;
  compressible) # hashes and documents of about a kilobyte, such as an application has
    awk -v n="$((megabytes * 1024))" 'BEGIN {
      srand(1)
      for (i = 0; i < n; i++) {
        doc = ""
        for (j = 0; j < 8; j++)
          doc = doc sprintf("{\"id\":%d,\"name\":\"customer-%d\",\"status\":\"active\",\"balance\":%d,\"currency\":\"EUR\",\"tags\":[\"a%d\",\"b%d\"]}", \
                            i * 8 + j, rand() * 1e6, rand() * 1e7, rand() * 100, rand() * 100)
        printf "*3\r\n$3\r\nSET\r\n$%d\r\nkey:%d\r\n$%d\r\n%s\r\n", length("key:" i), i, length(doc), doc
      }
    }' | redis-cli -p "$port" --pipe > /dev/null ;;
  *) echo "neither incompressible nor compressible: $data" >&2; exit 2 ;;
esac

java -jar "$jar" key create "$work/keyset.json" > /dev/null
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$work/openssl.key"
cat > "$work/config.yaml" <<EOF
listen: 127.0.0.1:0
dataDir: ./data
encryption: {keysetFile: ./keyset.json}
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
by_hand() {
  local from=$EPOCHREALTIME
  redis-cli -p "$port" --rdb "$work/hand.rdb" > /dev/null 2>&1
  sha256sum "$work/hand.rdb" > "$work/hand.sha256"
  zstd -1 -q -f "$work/hand.rdb" -o "$work/hand.zst"
  openssl enc -aes-256-ctr -K "$(cat "$work/openssl.key")" -iv 00000000000000000000000000000000 \
    -in "$work/hand.zst" -out "$work/hand.enc"
  sync "$work/hand.enc"
  seconds "$from" "$EPOCHREALTIME"
  rm -f "$work"/hand.*
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

by_cli > /dev/null; by_service > /dev/null; by_service > /dev/null   # a warm-up, not counted
echo "$megabytes MB $data, $(redis-cli -p "$port" info server | sed -n 's/redis_version:\([^\r]*\).*/Redis \1/p'), $(java -version 2>&1 | head -n 1), -Xmx128m, $(nproc) cores"
echo "round  redis-cli s  backup s  by hand s  backup/redis-cli  backup/by hand"
for ((round = 1; round <= rounds; round++)); do
  # Who goes first alternates: the second finds warmer memory.
  if ((round % 2)); then cli=$(by_cli); ours=$(by_service); else ours=$(by_service); cli=$(by_cli); fi
  hand=$(by_hand)
  echo "$round $cli $ours $hand" |
    awk '{ printf "%5d  %11.3f  %8.3f  %9.3f  %16.3f  %14.3f\n", $1, $2, $3, $4, $3 / $2, $3 / $4 }' | tee -a "$work/rounds"
done
median() { awk -v c="$1" '{ print $c }' "$work/rounds" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
echo "median $(median 2) s, $(median 3) s, $(median 4) s; ratios $(median 5) and $(median 6)"
echo "peak resident set of the service: $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$service_pid/status") MB"
