#!/usr/bin/env bash
# Measures the path of a snapshot without a server and a network: records one, and replays it out of memory through
# everything that a backup does (end mark, CRC64, SHA-256, structure, zstd, encryption, file, fsync), and through each
# part of it alone.
#
# usage: server-impl/bench/replay.sh [MEGABYTES [ROUNDS [incompressible|compressible]]]
#        after: mvn -DskipTests package; TMPDIR=/dev/shm takes the disk out of the figures, JAVA_OPTS adds options
# needs: redis-server, redis-cli, java; room for twice the data in ${TMPDIR:-/tmp}
set -euo pipefail
megabytes=${1:-256}
rounds=${2:-5}
kinds=${3:-incompressible compressible}
. "$(dirname "$0")/common.sh"
tests=$(dirname "$jar")/test-classes
start_redis
for kind in $kinds; do
  redis-cli -p "$port" flushall > /dev/null
  fill "$kind" "$megabytes"
  redis-cli -p "$port" --rdb "$work/recorded.rdb" > /dev/null 2>&1
  about "$kind" "$megabytes"
  # shellcheck disable=SC2086
  java -Xmx128m ${JAVA_OPTS:-} -cp "${CLASSES:-$tests:$jar}" io.managedredis.capture.ReplayBenchmark \
    "$work/recorded.rdb" "$work/$kind" "$rounds"
done
