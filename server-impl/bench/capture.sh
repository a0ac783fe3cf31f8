#!/usr/bin/env bash
# Compares a whole backup with everything on (POST to done operation: CRC64, structure, SHA-256, zstd,
# encryption, fsync) with `redis-cli --rdb` to a file, and with what one would write by hand around it
# (redis-cli --rdb, sha256sum, zstd, openssl enc, one after the other); on one server, in rounds.
#
# usage: server-impl/bench/capture.sh [MEGABYTES [ROUNDS [incompressible|compressible]]]
#        after: mvn -DskipTests package; JAR=FILE measures another build of the service
# needs: redis-server, redis-cli, zstd, openssl, curl, java; room for four times the data in ${TMPDIR:-/tmp}
set -euo pipefail
megabytes=${1:-1024}
rounds=${2:-5}
data=${3:-incompressible}
. "$(dirname "$0")/common.sh"
start_redis
fill "$data" "$megabytes"
java -jar "$jar" key create "$work/keyset.json" > /dev/null
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$work/openssl.key"
start_service service 'encryption: {keysetFile: ./keyset.json}'

seconds() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", b - a }'; }
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$service_pid/stat"; }
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
  local from=$EPOCHREALTIME
  back_up
  seconds "$from" "$EPOCHREALTIME"
  curl -sf -X DELETE "$url/managed-redis/v1/backups/$(newest_backup)" > /dev/null
}

by_cli > /dev/null; by_service > /dev/null; by_service > /dev/null   # a warm-up, not counted
redis-cli -p "$port" --rdb "$work/size.rdb" > /dev/null 2>&1
about "$data" "$megabytes"
echo "snapshot of $(($(stat -c %s "$work/size.rdb") / 1000000)) MB (10^6 bytes), service with -Xmx128m"
rm "$work/size.rdb"
echo "round  redis-cli s  backup s  by hand s  backup/redis-cli  backup/by hand  CPU s of the service"
for ((round = 1; round <= rounds; round++)); do
  # Who goes first alternates: the second finds warmer memory.
  if ((round % 2)); then cli=$(by_cli); fi
  before=$(cpu); ours=$(by_service); used=$(seconds "$before" "$(cpu)")
  if ((round % 2 == 0)); then cli=$(by_cli); fi
  hand=$(by_hand)
  echo "$round $cli $ours $hand $used" |
    awk '{ printf "%5d  %11.3f  %8.3f  %9.3f  %16.3f  %14.3f  %20.2f\n", $1, $2, $3, $4, $3 / $2, $3 / $4, $5 }' |
    tee -a "$work/rounds"
done
echo "median $(median 2) s, $(median 3) s, $(median 4) s; ratios $(median 5) and $(median 6); CPU $(median 7) s"
echo "peak resident set of the service: $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$service_pid/status") MB"
echo "load average after $(cut -d ' ' -f 1-3 /proc/loadavg)"
