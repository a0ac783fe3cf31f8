#!/usr/bin/env bash
# Measures the REST API against the limit, the usual choice and a mock server, side by side: README.md has the options'
# meaning, what is measured how, and what is fair.
#
# usage: server-impl/bench/api.sh [--sizes 10000,10000000] [--contenders ours,netty,spring,prism] [--works WORKS]
#          [--rounds 5] [--seconds 5] [--warm-up 45] [--megabytes 100] [--starts 9] [--out DIR] [--catalogues DIR]
#        WORKS: get,list100,list1000,notfound,walk,mixed,allocation,memory,start
#        after: mvn -DskipTests package; JAVA_HOME says on which JVM all of them run, JAVA_OPTS adds options for all
# needs: java and jcmd (a JDK), mvn, curl, wrk; for the mixed load redis-server and redis-cli; for prism npm and node
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sizes=10000 contenders=ours,netty,spring,prism works=get,list100,list1000,notfound,walk,mixed,allocation,memory,start
rounds=5 seconds=5 most_warm_up=45 megabytes=100 starts=9 out=$here/../target/bench-api catalogues=
while (($#)); do
  [[ $# -ge 2 ]] || { echo "$1 needs a value" >&2; exit 2; }
  case $1 in
    --sizes) sizes=$2 ;; --contenders) contenders=$2 ;; --works) works=$2 ;; --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;; --warm-up) most_warm_up=$2 ;; --megabytes) megabytes=$2 ;; --starts) starts=$2 ;;
    --out) out=$2 ;; --catalogues) catalogues=$2 ;;
    *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
if [ -n "${JAVA_HOME:-}" ]; then PATH=$JAVA_HOME/bin:$PATH; fi
. "$here/common.sh"
mkdir -p "$out"
out=$(cd "$out" && pwd)
catalogues=${catalogues:-$work/catalogues}
mkdir -p "$catalogues"
peers=$(cd "$(dirname "$jar")" && pwd)/bench-peers
prism_version=5.16.0
classes=${CLASSES:-$(dirname "$jar")/test-classes:$jar}
folder=b1gbench000000000001
raw=$out/raw.tsv
: > "$raw"
# One flag for all: the memory that ours has to do with.
read -ra flags <<< "-Xmx256m ${JAVA_OPTS:-}"
IFS=, read -ra size_list <<< "$sizes"
IFS=, read -ra contender_list <<< "$contenders"
does() { [[ ,$works, == *,$1,* ]]; }
takes_part() { [[ ,$contenders, == *,$1,* ]]; }
say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
tool() { java -Xmx128m -XX:TieredStopAtLevel=1 -cp "$classes" "io.managedredis.bench.$@"; }
# note SIZE WORK CONTENDER ROUND METRIC VALUE ...: figures for the report
note() {
  local size=$1 what=$2 who=$3 round=$4
  shift 4
  while (($# > 1)); do
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$size" "$what" "$who" "$round" "$1" "$2" >> "$raw"
    shift 2
  done
}
about_run() { printf 'about\t%s\t%s\n' "$1" "$2" >> "$raw"; }
free_port() { # one that nobody listens on
  local candidate
  for ((;;)); do
    candidate=$((20000 + RANDOM % 12000))
    [[ " ${taken:-} " == *" $candidate "* ]] || (: > "/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || break
  done
  taken="${taken:-} $candidate"
  echo "$candidate"
}
clusters_of() { (($1 <= 100000)) && echo 10 || echo 1000; }

# --- the peers, made once

build_peers() {
  local peer
  for peer in netty spring; do
    takes_part $peer || continue
    if [ ! -f "$peers/$peer/$peer-peer.jar" ] || [ -n "$(find "$here/peers/$peer" "$here/../../openapi/managed-redis.yaml" \
      -name target -prune -o -type f -newer "$peers/$peer/$peer-peer.jar" -print -quit)" ]; then
      say "building the $peer peer"
      mvn -q -B -f "$here/peers/$peer/pom.xml" clean package > "$work/build.log" 2>&1 ||
        { cat "$work/build.log" >&2; exit 1; }
      mkdir -p "$peers"
      rm -rf "${peers:?}/$peer"
      if [ $peer = spring ]; then # as Spring Boot's documentation advises for a quick start: not one jar of jars
        java -Djarmode=tools -jar "$here/peers/spring/target/spring-peer.jar" extract --destination "$peers/spring"
        touch "$peers/spring/spring-peer.jar"
      else
        mkdir "$peers/netty" && cp "$here/peers/netty/target/netty-peer.jar" "$peers/netty/"
      fi
    fi
  done
  if takes_part prism && [ ! -d "$peers/prism/node_modules/@stoplight/prism-cli" ]; then
    say "installing prism"
    npm install --silent --no-fund --no-audit --prefix "$peers/prism" "@stoplight/prism-cli@$prism_version" >&2
  fi
}

# --- the servers: each has a name, CONTENDER or CONTENDER@SIZE; ports and processes by that name

declare -A port_of process_of

ours_config() { # NAME DATA_DIR SIZE
  echo "listen: 127.0.0.1:${port_of[$1]}"
  echo "dataDir: $2"
  # All load comes from one address here.
  echo 'limits: {connections: 4096, connectionsPerAddress: 4096, requestsPerMinute: 100000000}'
  # There is nothing in the repository behind these catalogues.
  echo 'catalog: {reconcileAtStart: false}'
  echo 'clusters:'
  echo "  - {id: bench, folderId: bench, name: bench, nodes: ['127.0.0.1:$port']}"
  local i
  for ((i = 0; i < $(clusters_of "$3"); i++)); do
    printf "  - {id: c9qbench%012d, folderId: $folder, name: bench%d, nodes: ['127.0.0.1:1']}\n" "$i" "$i"
  done
}

command_of() { # NAME SIZE: sets command
  local data=$work/data-$2
  case $1 in
    ours*) ours_config "$1" "$data" "$2" > "$work/$1.yaml"
      command=(java "${flags[@]}" -jar "$jar" serve --config "$work/$1.yaml") ;;
    netty) command=(java "${flags[@]}" -jar "$peers/netty/netty-peer.jar" "${port_of[$1]}" "$work/answers") ;;
    spring*) command=(java "${flags[@]}" -jar "$peers/spring/spring-peer.jar" "--server.port=${port_of[$1]}"
      "--spring.datasource.url=jdbc:sqlite:$data/catalog.db") ;;
    prism) command=(node "$peers/prism/node_modules/@stoplight/prism-cli/dist/index.js" mock -h 127.0.0.1
      -p "${port_of[$1]}" -v fatal "$here/../../openapi/managed-redis.yaml") ;;
  esac
}

start() { # NAME SIZE
  local deadline=$((SECONDS + 60)) command
  port_of[$1]=$(free_port)
  taken="${taken:-} ${port_of[$1]}"
  command_of "$1" "$2"
  "${command[@]}" > "$work/$1.log" 2>&1 &
  process_of[$1]=$!
  pids+=($!)
  until curl -sf -o /dev/null "$(list "$1" 100)"; do
    kill -0 "${process_of[$1]}" 2>/dev/null && ((SECONDS < deadline)) ||
      { echo "$1 does not start:" >&2; tail -n 30 "$work/$1.log" >&2; exit 1; }
    sleep 0.2
  done
}

stop() { # PROCESS: ends what this script started, and forgets it
  local left=() pid
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  for pid in "${pids[@]}"; do [[ $pid == "$1" ]] || left+=("$pid"); done
  pids=("${left[@]}")
}

base() { echo "http://127.0.0.1:${port_of[$1]}/managed-redis/v1"; }
list() { echo "$(base "$1")/backups?folderId=$folder&pageSize=$2"; }

fill_catalogues() {
  local size file figures
  for size in "${size_list[@]}"; do
    file=$catalogues/$size/catalog.db
    mkdir -p "$work/data-$size"
    if [ ! -f "$catalogues/$size/figures" ]; then
      say "filling a catalogue with $size backups"
      rm -rf "${catalogues:?}/$size"
      mkdir -p "$catalogues/$size"
      java "${flags[@]}" -cp "$classes" io.managedredis.bench.CatalogFill "$file" "$size" 2> "$work/fill.log" \
        > "$work/figures" || { cat "$work/fill.log" >&2; exit 1; }
      mv "$work/figures" "$catalogues/$size/figures"
    fi
    read -ra figures < "$catalogues/$size/figures"
    note "$size" fill ours 0 seconds "${figures[0]}" rowsPerSecond "${figures[1]}" bytesPerBackup "${figures[2]}"
    # A kept catalogue stays as it was filled: the servers get a copy.
    if [[ $file == "$work"/* ]]; then mv "$file" "$work/data-$size/"; else cp --reflink=auto "$file" "$work/data-$size/"; fi
  done
}

# --- the same answers

# an id that has as many bytes as most
typical() { echo "c9qbench000000000007:20260501T000007-q7aaaaah"; }

record_answers() { # what netty answers is what ours answered
  mkdir -p "$work/answers"
  local name=ours@${size_list[0]}
  curl -sfi "$(base "$name")/backups/$(typical)" > "$work/answers/get"
  curl -sfi "$(list "$name" 100)" > "$work/answers/list100"
  curl -sfi "$(list "$name" 1000)" > "$work/answers/list1000"
  curl -si "$(base "$name")/backups/missing-$(typical)" > "$work/answers/notfound"
}

plain() { curl -sf "$1" | sed 's/"nextPageToken":"[^"]*"/"nextPageToken":""/'; }

compare_answers() { # NAME OTHER [MORE...]: byte for byte, but for the token, which is opaque
  local path one=$1 other=$2
  shift 2
  for path in "backups/$(typical)" "backups?folderId=$folder&pageSize=100" "backups?folderId=$folder&pageSize=1000" "$@"
  do
    cmp <(plain "$(base "$one")/$path") <(plain "$(base "$other")/$path") ||
      { echo "$one and $other answer $path differently" >&2; exit 1; }
  done
  path=backups/missing-$(typical)
  [ "$(curl -s -o /dev/null -w '%{http_code}' "$(base "$one")/$path")" = 404 ] &&
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$(base "$other")/$path")" = 404 ] ||
    { echo "$one and $other don't both answer $path with 404" >&2; exit 1; }
}

# --- load

load() { # NAME WORK SIZE SECONDS [PAUSE]: sets rate, answers, p50 and p99
  local missing=- result errors broken
  [[ $1 == prism ]] && missing=prefer
  result=$(wrk -t2 -c32 -d"$4s" --timeout 10s -s "$here/api.lua" "http://127.0.0.1:${port_of[$1]}" -- \
    "$2" "$3" "$(clusters_of "$3")" "$folder" "$missing" "${5:-0}" | sed -n 's/^RESULT //p')
  read -r rate answers p50 p99 errors broken <<< "$result"
  [[ $2 == notfound ]] && errors=$((answers - errors)) # all of them have to be
  ((errors == 0 && broken == 0)) || {
    say "$1 $2: $errors answers of $answers had another status, $broken broke off"
    about_run beware "$1 $2: $errors answers of $answers had another status, $broken broke off"
  }
}

warm_up() { # NAME WORK SIZE: until two windows in a row differ by less than 3 %, three windows at least
  local before=0 window=3 spent=0
  ((most_warm_up < 9)) && window=1
  while ((spent < most_warm_up)); do
    load "$1" "$2" "$3" $window
    spent=$((spent + window))
    ((spent >= 3 * window)) && awk -v a="$before" -v b="$rate" 'BEGIN { exit !(a > 0 && b / a < 1.03 && b / a > 0.97) }' && break
    before=$rate
  done
  note "$3" "$2" "${1%@*}" 0 warmUpSeconds "$spent"
  say "$1 $2: $rate/s after $spent s"
}

rates() {
  local what name size round i turn lanes
  for what in get list100 list1000 notfound; do
    does $what || continue
    lanes=()
    for name in "${names[@]}"; do
      # A mock server has no thousand backups: what it answers is the contract's example.
      [[ $name$what == prismlist1000 ]] || lanes+=("$name")
    done
    for name in "${lanes[@]}"; do warm_up "$name" $what "${size_of[$name]}"; done
    for ((round = 1; round <= rounds; round++)); do
      for ((i = 0; i < ${#lanes[@]}; i++)); do # another one first in each round
        turn=${lanes[(i + round - 1) % ${#lanes[@]}]}
        size=${size_of[$turn]}
        load "$turn" $what "$size" "$seconds"
        note "$size" $what "${turn%@*}" "$round" rate "$rate" p50 "$p50" p99 "$p99"
      done
    done
  done
}

walks() {
  local name round pages rate first last one deep
  for name in "${names[@]}"; do
    [[ $name == netty || $name == prism ]] && continue # their pages have no end, or no second one
    for ((round = 0; round <= (${size_of[$name]} > 1000000 ? 1 : rounds); round++)); do
      read -r pages rate first last one deep <<< "$(tool PageWalk "${port_of[$name]}" \
        "/managed-redis/v1/backups?folderId=$folder&pageSize=100" "${size_of[$name]}")"
      ((round)) || continue # the first one is the warm-up
      note "${size_of[$name]}" walk "${name%@*}" "$round" pages "$pages" rate "$rate" firstTenthMicros "$first" \
        lastTenthMicros "$last" pageOneMicros "$one" deepPageMicros "$deep"
    done
    say "$name walk: $rate pages/s, page one $one us, page $((pages - 1)) $deep us"
  done
}

# forget_captures: deletes what was captured, so that a disk holds it, and waits until that is done
forget_captures() {
  local id deadline=$((SECONDS + 120)) all="$url/managed-redis/v1/clusters/bench/backups"
  until [[ $(curl -sf "$all?pageSize=1") != *'"id"'* ]]; do
    ((SECONDS < deadline)) || { echo "what was captured is still there" >&2; exit 1; }
    curl -sf "$all" | grep -o '"id":"bench:[^"]*"' | cut -d '"' -f 4 | while read -r id; do
      curl -s -o /dev/null -X DELETE "$url/managed-redis/v1/backups/$id"
    done
    sleep 0.5
  done
}

# What a get takes under the mixed load, alone and while a backup is captured; once with all that can be had, once with
# half of it.
mixed() {
  local size=${size_list[0]} name=ours@${size_list[0]} round pause=0 how while_ capture paced figures quiet_rate
  start_redis
  fill incompressible "$megabytes"
  url=http://127.0.0.1:${port_of[$name]}
  back_up
  warm_up "$name" mixed "$size"
  for how in full half; do
    for ((round = 1; round <= (rounds > 3 ? 3 : rounds); round++)); do
      for while_ in quiet capturing; do
        capture=
        : > "$work/captures"
        if [ $while_ = capturing ]; then
          (trap - EXIT; while back_up; do echo >> "$work/captures"; done) &
          capture=$!
          pids+=("$capture")
        fi
        tool PacedGets "${port_of[$name]}" "$size" $((2 * seconds)) > "$work/paced" &
        paced=$!
        # Its client needs up to two seconds to start and to warm up before it measures.
        load "$name" mixed "$size" $((2 * seconds + 2)) "$pause"
        wait "$paced"
        if [ -n "$capture" ]; then
          stop "$capture"
          forget_captures
        fi
        read -ra figures < "$work/paced"
        note "$size" "mixed-$how-$while_" ours "$round" rate "$rate" getP50 "${figures[1]}" getP99 "${figures[2]}" \
          getMost "${figures[3]}" captures "$(wc -l < "$work/captures")"
        say "mixed, $how, $while_: $rate/s, gets: median ${figures[1]} us, 99 % ${figures[2]} us"
        [[ $how$while_ == fullquiet ]] && quiet_rate=$rate
      done
    done
    # 32 connections that together ask for half of what was answered
    pause=$(awk -v r="$quiet_rate" 'BEGIN { p = 32 * 1000 / (r / 2); printf "%d", p < 1 ? 1 : p + 0.5 }')
  done
}

# --- allocation, memory, start

allocated() { # NAME: what its own metrics say
  curl -sf "http://127.0.0.1:${port_of[$1]}/metrics" | awk '/^jvm_gc_memory_allocated_bytes_total/ { print $2 }'
}

allocation() {
  local name before after pid bytes
  for name in "${names[@]}"; do
    [[ $name == prism ]] && continue
    pid=${process_of[$name]}
    load "$name" get "${size_of[$name]}" 2
    before=0 after=0
    [[ $name == ours* ]] && before=$(allocated "$name")
    jcmd "$pid" JFR.start name=allocation settings=default > /dev/null
    load "$name" get "${size_of[$name]}" $((seconds + 5))
    jcmd "$pid" JFR.stop name=allocation filename="$work/$name.jfr" > /dev/null
    [[ $name == ours* ]] && after=$(allocated "$name")
    tool AllocationProfile "$work/$name.jfr" "$answers" > "$out/allocation-$name.txt"
    bytes=$(head -n 1 "$out/allocation-$name.txt")
    note "${size_of[$name]}" allocation "${name%@*}" 1 bytesPerGet "$bytes" \
      bytesPerGetByMetrics "$(awk -v a="$before" -v b="$after" -v n="$answers" 'BEGIN { printf "%.0f", (b - a) / n }')"
    say "$name allocates $bytes bytes for each get"
  done
}

memory() {
  local name pid heap
  for name in "${names[@]}"; do
    pid=${process_of[$name]}
    heap=0
    if [[ $name != prism ]]; then
      jcmd "$pid" GC.run > /dev/null
      heap=$(jcmd "$pid" GC.heap_info | sed -n '0,/used [0-9]*K/s/.*used \([0-9]*\)K.*/\1/p' | head -n 1)
    fi
    note "${size_of[$name]}" memory "${name%@*}" 1 residentKilobytes "$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")" \
      peakKilobytes "$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")" heapKilobytes "${heap:-0}"
  done
}

start_times() {
  local round archive=${jar%.jar}.jsa data=$work/data-0 target="/managed-redis/v1/backups?folderId=$folder"
  local command how run
  port_of[ours@0]=$(free_port)
  taken+=" ${port_of[ours@0]}"
  command_of ours@0 0
  if [ -f "$archive" ] && ! java -Xshare:on -XX:SharedArchiveFile="$archive" -jar "$jar" --version > /dev/null 2>&1; then
    say "$archive is not of this JVM: no start with it"
    archive=
  fi
  for ((round = 1; round <= starts; round++)); do
    for how in new again new-archive again-archive spring; do
      [[ $how == *archive && ! -f "$archive" ]] && continue
      [[ $how == spring ]] && ! takes_part spring && continue
      [[ $how == new* ]] && rm -rf "$data"
      run=("${command[@]}")
      [[ $how == *archive ]] && run=(java -XX:SharedArchiveFile="$archive" "${command[@]:1}")
      [[ $how == spring ]] && run=(java "${flags[@]}" -jar "$peers/spring/spring-peer.jar"
        "--server.port=${port_of[ours@0]}" "--spring.datasource.url=jdbc:sqlite:$data/catalog.db")
      note 0 "start-$how" "$([ $how = spring ] && echo spring || echo ours)" "$round" milliseconds \
        "$(tool FirstAnswer "${port_of[ours@0]}" "$target" "$work/start.log" "${run[@]}")"
    done
  done
}

# --- the whole

began=$SECONDS
build_peers
fill_catalogues
about_run date "$(date -u +%Y-%m-%d)"
about_run jvm "$(java -version 2>&1 | sed -n '3s/, [a-z, ]*)$/)/p')"
about_run flags "${flags[*]}"
about_run processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores shared with wrk"
about_run load "$(cut -d ' ' -f 1-3 /proc/loadavg)"
about_run rounds "$rounds"
about_run seconds "$seconds"
declare -A size_of
names=()
for size in "${size_list[@]}"; do
  for contender in ours spring; do
    # Ours is always there: what it answers is what the others are held against.
    takes_part $contender || [ $contender = ours ] || continue
    name=$contender@$size
    say "starting $name"
    start "$name" "$size"
    size_of[$name]=$size
    takes_part $contender && names+=("$name")
  done
  takes_part spring && compare_answers "ours@$size" "spring@$size" "clusters/c9qbench000000000003/backups?pageSize=100"
done
record_answers
for contender in netty prism; do
  takes_part $contender || continue
  say "starting $contender"
  start $contender 0
  size_of[$contender]=${size_list[0]}
  names+=($contender)
done
takes_part netty && compare_answers "ours@${size_list[0]}" netty
rates
does walk && walks
does allocation && allocation
does mixed && takes_part ours && mixed
does memory && memory
for name in "${!process_of[@]}"; do stop "${process_of[$name]}"; done
does start && takes_part ours && start_times
about_run minutes "$(((SECONDS - began) / 60))"
tool ApiReport "$raw" "$out"
