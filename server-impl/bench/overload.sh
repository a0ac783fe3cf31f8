#!/usr/bin/env bash
# Measures whether the service stays usable under more load than it can take: the capacity and the median of Backup.get
# at a moderate load, then three times the capacity for a while, then the same moderate load again.
#
# usage: server-impl/bench/overload.sh [SECONDS [ROUNDS]]
#        after: mvn -DskipTests package; JAVA_OPTS adds options
# needs: redis-server, redis-cli, java, curl, wrk
set -euo pipefail
seconds=${1:-30}
rounds=${2:-3}
. "$(dirname "$0")/common.sh"
start_redis
# All load comes from one address here.
start_service overload 'limits: {connections: 4096, connectionsPerAddress: 4096, requestsPerMinute: 100000000}'
back_up
backup=$(newest_backup)
target="$url/managed-redis/v1/backups/$backup"

# The answer that every 200 must be, byte for byte: Lua counts what differs.
expected=$(curl -sf "$target")
cat > "$work/load.lua" << LUA
local expected = [==[$expected]==]
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init(args)
  pause = tonumber(args[1] or "0")
  ok, refused, limited, other, broken, untold = 0, 0, 0, 0, 0, 0
end
-- milliseconds between the end of an answer and the next request of that connection, evenly spread
function delay() return pause > 0 and math.random(0, 2 * pause) or 0 end
function response(status, headers, body)
  if status == 200 then
    ok = ok + 1
    if body ~= expected then broken = broken + 1 end
  elseif status == 503 or status == 429 then
    if status == 503 then refused = refused + 1 else limited = limited + 1 end
    if not (headers["Retry-After"] or headers["retry-after"]) then untold = untold + 1 end
  else
    other = other + 1
  end
end
function done(summary, latency, requests)
  local sum = {0, 0, 0, 0, 0, 0}
  for _, thread in ipairs(threads) do
    for i, name in ipairs({"ok", "refused", "limited", "other", "broken", "untold"}) do
      sum[i] = sum[i] + tonumber(thread:get(name))
    end
  end
  io.write(string.format("RESULT %.2f %.2f %.2f %.1f %.1f %d %d %d %d %d %d %d %d %d %d\n",
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.requests * 1e6 / summary.duration, sum[1] * 1e6 / summary.duration,
    sum[1], sum[2], sum[3], sum[4], sum[5], sum[6],
    summary.errors.connect, summary.errors.read, summary.errors.write, summary.errors.timeout))
end
LUA

# load NAME CONNECTIONS SECONDS PAUSE: one line of figures, kept in result
load() {
  result=$(wrk -t2 -c"$2" -d"$3s" --timeout 10s -s "$work/load.lua" "$target" -- "$4" | sed -n 's/^RESULT //p')
  # shellcheck disable=SC2086
  set -- "$1" $result
  printf '%-24s %8s %8s %8s %9s %9s %9s %9s %6s %6s %6s %6s %9s\n' "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" "$9" "${10}" \
    "${11}" "${12}" "${13}/${14}/${15}/${16}"
}

# heap: what is still there after a collection, in MB
heap() {
  jcmd "$service_pid" GC.run > /dev/null
  curl -sf "$url/metrics" |
    awk 'index($0, "jvm_memory_used_bytes{area=\"heap\"") == 1 { used += $NF } END { printf "%.0f MB\n", used / 1048576 }'
}

echo "Backup.get, $(java -version 2>&1 | head -n 1), $(nproc) cores shared with wrk," \
  "load average before $(cut -d ' ' -f 1-3 /proc/loadavg)"
printf '%-24s %8s %8s %8s %9s %9s %9s %9s %6s %6s %6s %6s %9s\n' '' 'median' '99 %' 'most' 'all/s' '200/s' '200' '503' '429' \
  'other' 'broken' 'untold' 'errors'
load 'warm-up' 64 20 0
for ((round = 1; round <= rounds; round++)); do
  load "capacity, 64" 64 10 0
  capacity=$(echo "$result" | awk '{ print $5 }')
  # Half of it: 64 connections, so that each pauses for 64 / (capacity / 2) seconds.
  pause=$(awk -v c="$capacity" 'BEGIN { printf "%d", 64 * 1000 / (c / 2) + 0.5 }')
  load 'moderate, before' 64 10 "$pause"
  before=$(echo "$result" | awk '{ print $1 }')
  heap_before=$(heap)
  # 1500 connections, each of which asks again so soon that altogether they ask three times what can be answered.
  load 'three times' 1500 "$seconds" "$(awk -v c="$capacity" 'BEGIN { printf "%d", 1500 * 1000 / (3 * c) + 0.5 }')" &
  storm=$!
  slowest=0
  while kill -0 "$storm" 2>/dev/null; do
    took=$(curl -s -o "$work/live" -w '%{http_code} %{time_total}' --max-time 10 "$url/health/live" || true)
    [[ $took == 200\ * ]] || echo "/health/live: $took"
    slowest=$(echo "${took#* } $slowest" | awk '{ print ($1 > $2) ? $1 : $2 }')
    sleep 0.5
  done
  wait "$storm"
  load 'moderate, after' 64 10 "$pause"
  echo "round $round: median $before ms before, $(echo "$result" | awk '{ print $1 }') ms after;" \
    "heap $heap_before before, $(heap) after; /health/live answered within $slowest s all the time"
done
echo 'median, 99 % and most in ms; broken: answers 200 that were not whole; untold: 503 and 429 without Retry-After;'
echo 'errors of wrk: connect/read/write/timeout'
