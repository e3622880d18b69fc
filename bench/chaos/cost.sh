#!/bin/bash
# What durability costs: the gateway under one configuration beside another, in one run. CPU per call, p50, and the ratio of A to B.
#
#   bench/chaos/cost.sh [ROUNDS]               default: 4 rounds of A and B
#
# A='journal: true' and B='journal: false' are lines under server. SECONDS_EACH=4, LOAD_CORE=0 and PROXY_CORE=1 as in bench/load/run.sh.
# Exit code 1 when A adds more than MOST_CPU=15 percent of CPU or MOST_P50=1000 us to B.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
need taskset wrk awk
[ "$(nproc)" -gt 1 ] || die "needs two cores: one for the gateway, one for load and upstream"
rounds=${1:-4}
declare -A setting=([A]=${A:-journal: true} [B]=${B:-journal: false})
seconds=${SECONDS_EACH:-4}
connections=${CONNECTIONS:-32}
publish_sluice
build_c
start_upstream
cat >"$RUN/call.lua" <<LUA
wrk.method = "POST"
wrk.body = '{"model":"bench-json","messages":[{"role":"user","content":"' .. string.rep("How much is it? ", 50) .. '"}],"max_tokens":256}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $CLIENT_KEY"
LUA

# start_gateway A|B: sets PROXY_PID and PROXY_PORT.
start_gateway() {
  PROXY_PORT=$(free_port)
  write_sluice_config
  printf 'server:\n  %s\n' "${setting[$1]}" >>"$RUN/sluice.yaml"
  rm -rf "$RUN/data"
  (cd "$RUN" && exec env NO_COLOR=1 taskset -c "$PROXY_CORE" "$SLUICE/sluice" serve \
    --urls "http://127.0.0.1:$PROXY_PORT" --data "$RUN/data" --config "$RUN/sluice.yaml") >"$RUN/sluice.log" 2>&1 </dev/null &
  PROXY_PID=$!
  STARTED+=("$PROXY_PID")
  wait_for_port "$PROXY_PID" "$PROXY_PORT" "$RUN/sluice.log"
}

# load CONNECTIONS SECONDS: "requests rps p50us failed"
load() {
  taskset -c "$LOAD_CORE" wrk -t1 -c"$1" -d"$2s" --latency --timeout 10s -s "$RUN/call.lua" "http://127.0.0.1:$PROXY_PORT/v1/chat/completions" | awk '
    function us(text) { return text ~ /us$/ ? text + 0 : text ~ /ms$/ ? text * 1000 : text * 1000000 }
    / requests in / { requests = $1 }
    /Requests\/sec/ { rps = $2 }
    $1 == "50%" { p50 = us($2) }
    /Non-2xx/ { failed += $NF }
    /Socket errors/ { gsub(",", ""); failed += $4 + $6 + $8 + $10 }
    END { print requests + 0, rps + 0, p50 + 0, failed + 0 }'
}

# One line per measurement: configuration cpu_us rps p50 alone_p50 failed
measure() {
  local before after many alone
  load "$connections" 4 >/dev/null
  before=$(ticks "$PROXY_PID")
  many=$(load "$connections" "$seconds")
  after=$(ticks "$PROXY_PID")
  alone=$(load 1 2)
  set -- "$1" $many $alone
  awk -v name="$1" -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$2" -v rps="$3" -v p50="$4" -v alone="$8" -v failed=$(($5 + $9)) \
    'BEGIN { print name, (n > 0 ? t * 1000000 / hz / n : 0), rps, p50, alone, failed }' | tee -a "$RUN/results" >&2
}

for round in $(seq "$rounds"); do
  # Every second round runs backwards, so that a drift of the machine hits both alike.
  order=(A B); [ $((round % 2)) = 0 ] && order=(B A)
  for which in "${order[@]}"; do
    start_gateway "$which"
    measure "$which"
    stop "$PROXY_PID"
  done
done

echo "A: ${setting[A]}; B: ${setting[B]}; $rounds rounds, medians; $connections connections; gateway on core $PROXY_CORE, load and upstream on core $LOAD_CORE"
awk -v most_cpu="${MOST_CPU:-15}" -v most_p50="${MOST_P50:-1000}" '
  function median(list,   values, n, i, j, swap) {
    n = split(list, values, " ")
    for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (values[j] + 0 < values[i] + 0) { swap = values[i]; values[i] = values[j]; values[j] = swap }
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
  }
  { for (i = 2; i <= 5; i++) all[$1, i] = all[$1, i] " " $i; failed += $6 }
  END {
    print "| | CPU us per call | calls per second | p50 us | p50 us alone |"
    print "|---|--:|--:|--:|--:|"
    for (w = 1; w <= 2; w++) {
      name = substr("AB", w, 1)
      for (i = 2; i <= 5; i++) value[name, i] = median(all[name, i])
      printf "| %s | %.1f | %.0f | %.0f | %.0f |\n", name, value[name, 2], value[name, 3], value[name, 4], value[name, 5]
    }
    if (value["B", 2] <= 0) { print "nothing was served"; exit 1 }
    cpu = 100 * (value["A", 2] / value["B", 2] - 1)
    added = value["A", 4] - value["B", 4]; alone = value["A", 5] - value["B", 5]
    printf "A adds %.1f %% of CPU, %.0f us to p50, %.0f us to p50 alone; failed calls: %d\n", cpu, added, alone, failed
    exit cpu > most_cpu || added > most_p50 || alone > most_p50 || failed > 0
  }' "$RUN/results"
