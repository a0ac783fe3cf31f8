# Sourced by the benchmarks: a Redis of their own, filled with data, and the end of everything they started.
jar=${JAR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/target/managed-redis-backup.jar}
work=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
[ -f "$jar" ] || { echo "$jar is not there; make it with: mvn -DskipTests package" >&2; exit 2; }

# start_redis: on a free port of 127.0.0.1, diskless, without any delay
start_redis() {
  redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$work" \
    --repl-diskless-sync yes --repl-diskless-sync-delay 0 > "$work/redis.log" &
  pids+=($!)
  until [ "$(redis-cli -p "$port" ping 2>&1)" = PONG ]; do
    kill -0 "${pids[-1]}" 2>/dev/null || { cat "$work/redis.log" >&2; exit 1; }
    sleep 0.1
  done
}

# fill KIND MEGABYTES
fill() {
  case $1 in
    incompressible) # 1 MB values from the kernel's random numbers
      for ((i = 0; i < $2; i++)); do
        head -c 1048576 /dev/urandom | redis-cli -p "$port" -x set "key:$i" > /dev/null
      done ;;
    compressible) # documents of about a kilobyte, such as an application has
      awk -v n="$(($2 * 1024))" 'BEGIN {
        srand(1)
        for (i = 0; i < n; i++) {
          doc = ""
          for (j = 0; j < 8; j++)
            doc = doc sprintf("{\"id\":%d,\"name\":\"customer-%d\",\"status\":\"active\",\"balance\":%d,\"currency\":\"EUR\",\"tags\":[\"a%d\",\"b%d\"]}", \
                              i * 8 + j, rand() * 1e6, rand() * 1e7, rand() * 100, rand() * 100)
          printf "*3\r\n$3\r\nSET\r\n$%d\r\nkey:%d\r\n$%d\r\n%s\r\n", length("key:" i), i, length(doc), doc
        }
      }' | redis-cli -p "$port" --pipe > /dev/null ;;
    *) echo "neither incompressible nor compressible: $1" >&2; exit 2 ;;
  esac
}

# median COLUMN: of the numbers in $work/rounds
median() {
  awk -v c="$1" '{ print $c }' "$work/rounds" | sort -n |
    awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# about KIND MEGABYTES: what the figures that follow belong to
about() {
  echo "$2 MB $1, $(redis-server --version | sed 's/.*v=\([^ ]*\).*/Redis \1/'), $(java -version 2>&1 | head -n 1)," \
    "$(nproc) cores, load average before $(cut -d ' ' -f 1-3 /proc/loadavg)"
}

# start_service NAME LINE: a service in $work/NAME with that line of configuration; sets service_pid and url
start_service() {
  printf '%s\n' 'listen: 127.0.0.1:0' "dataDir: ./$1" "$2" 'clusters:' \
    "  - {id: bench, folderId: bench, name: bench, nodes: ['127.0.0.1:$port']}" > "$work/$1.yaml"
  # shellcheck disable=SC2086
  java -Xmx128m ${JAVA_OPTS:-} -jar "$jar" serve --config "$work/$1.yaml" > "$work/$1.out" 2> "$work/$1.err" &
  service_pid=$!
  pids+=("$service_pid")
  until grep -q Listening "$work/$1.out" 2>/dev/null; do
    kill -0 "$service_pid" 2>/dev/null || { cat "$work/$1.err" >&2; exit 1; }
    sleep 0.1
  done
  url=$(sed -n '/Listening/s/.* //p' "$work/$1.out")
}

# back_up: one backup from the POST to its end, for ten minutes at most
back_up() {
  local operation answer deadline=$((SECONDS + 600))
  operation=$(curl -sf -X POST "$url/managed-redis/v1/clusters/bench:backup" | sed 's/.*"id":"\([a-z2-7]*\)".*/\1/')
  until answer=$(curl -sf "$url/operations/${operation:0:20}") && [[ $answer == *'"done":true'* ]]; do
    ((SECONDS < deadline)) || { echo "no end of the backup: $answer" >&2; exit 1; }
    sleep 0.02
  done
  [[ $answer == *'"response"'* ]] || { echo "the backup failed: $answer" >&2; exit 1; }
}

# newest_backup: its id
newest_backup() {
  curl -sf "$url/managed-redis/v1/clusters/bench/backups?pageSize=1" | sed 's/.*"id":"\(bench:[^"]*\)".*/\1/'
}
