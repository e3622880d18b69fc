#!/bin/bash
# Sluice beside nginx in one run: CPU per request, its ratio to nginx, added latency, memory. See bench/README.md.
#
#   bench/load/run.sh [ROUNDS] [PEER...]      default: 3 rounds of direct nginx sluice
#
# SLUICE=DIR measures a published build instead of publishing one; SECONDS_EACH=4 is the length of one measurement;
# LOAD_CORE=0 and PROXY_CORE=1 are the cores; KEEP=1 keeps the logs.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
need taskset wrk awk
rounds=${1:-3}; shift 2>/dev/null
peers=("$@"); [ ${#peers[@]} -gt 0 ] || peers=(direct nginx sluice)
seconds=${SECONDS_EACH:-4}
connections=32
[ "$(nproc)" -gt 1 ] || die "needs two cores: one for the proxy, one for load and upstream"
for peer in "${peers[@]}"; do
  case $peer in
    direct) ;;
    nginx) need nginx ;;
    sluice) publish_sluice ;;
    *) die "unknown peer $peer: direct, nginx or sluice" ;;
  esac
done
ulimit -n "$(ulimit -Hn)"
build_c
start_upstream

# What the clients send: 1 KB, 32 KB, and a small request for a stream. The prompts hold escapes and line breaks, as real ones do.
prompt() { awk -v n="$1" 'BEGIN { s = "She said \\\"hello\\\" twice.\\nThe quick brown fox jumps over the lazy dog. "; while (length(t) < n) t = t s; t = substr(t, 1, n); sub(/\\+$/, "", t); print t }'; }
request() { printf '{"model":"bench-%s",%s"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"%s"}],"temperature":0.7,"max_tokens":256}' "$1" "$2" "$(prompt "$3")"; }
request json '' 820 >"$RUN/json.body"
request prompt '' 32560 >"$RUN/prompt.body"
request stream '"stream":true,"stream_options":{"include_usage":true},' 720 >"$RUN/stream.body"
workloads=(json prompt stream)
for workload in "${workloads[@]}"; do
  cat >"$RUN/$workload.lua" <<LUA
local file = io.open("$RUN/$workload.body", "rb")
wrk.method, wrk.body = "POST", file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $CLIENT_KEY"
LUA
done

# load WORKLOAD PORT CONNECTIONS SECONDS: "requests rps p50us p99us failed"
load() {
  taskset -c "$LOAD_CORE" wrk -t1 -c"$3" -d"$4s" --latency --timeout 10s -s "$RUN/$1.lua" "http://127.0.0.1:$2/v1/chat/completions" | awk '
    function us(text) { return text ~ /us$/ ? text + 0 : text ~ /ms$/ ? text * 1000 : text * 1000000 }
    / requests in / { requests = $1 }
    /Requests\/sec/ { rps = $2 }
    $1 == "50%" { p50 = us($2) }
    $1 == "99%" { p99 = us($2) }
    /Non-2xx/ { failed += $NF }
    /Socket errors/ { gsub(",", ""); failed += $4 + $6 + $8 + $10 }
    END { print requests + 0, rps + 0, p50 + 0, p99 + 0, failed + 0 }'
}

# One line per measurement: peer workload cpu_us rps p50 p99 single_p50 single_p99 rss_kb failed
measure() {
  local peer=$1 workload=$2 port=$3 pid=$4 before=0 after=0 rss=0
  # A proxy that compiles as it runs needs traffic of each kind before it is itself.
  load "$workload" "$port" "$connections" 2 >/dev/null
  [ -n "$pid" ] && before=$(ticks "$pid")
  local many; many=$(load "$workload" "$port" "$connections" "$seconds")
  [ -n "$pid" ] && after=$(ticks "$pid") && rss=$(memory "$pid")
  local one; one=$(load "$workload" "$port" 1 2)
  set -- $many $one
  local cpu; cpu=$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$1" 'BEGIN { print (n > 0 ? t * 1000000 / hz / n : 0) }')
  echo "$peer $workload $cpu $2 $3 $4 $8 $9 $rss $(($5 + ${10}))" >>"$RUN/results"
  printf '%-7s %-7s %8.1f us cpu %9.0f /s  p50 %6.0f us  alone p50 %5.0f us p99 %5.0f us  %6.1f MB  %d failed\n' \
    "$peer" "$workload" "$cpu" "$2" "$3" "$8" "$9" "$((rss / 1024)).$((rss % 1024 * 10 / 1024))" $(($5 + ${10})) >&2
}

busy=$(cut -d' ' -f1 /proc/loadavg)
awk -v busy="$busy" 'BEGIN { exit busy < 0.7 }' && echo "the machine is busy (load average $busy): the figures will be worse than they should, ratios included" >&2
echo "$rounds rounds of ${peers[*]}: about $((rounds * ${#peers[@]} * (${#workloads[@]} * (seconds + 4) + 4) / 60 + 1)) min" >&2
for round in $(seq "$rounds"); do
  order=("${peers[@]}")
  # Every second round runs backwards, so that a drift of the machine hits all alike.
  if [ $((round % 2)) = 0 ]; then order=(); for peer in "${peers[@]}"; do order=("$peer" "${order[@]}"); done; fi
  for peer in "${order[@]}"; do
    pid='' port=$UPSTREAM_PORT
    if [ "$peer" != direct ]; then
      start_proxy "$peer"
      pid=$PROXY_PID port=$PROXY_PORT
      load json "$port" "$connections" 4 >/dev/null
    fi
    for workload in "${workloads[@]}"; do measure "$peer" "$workload" "$port" "$pid"; done
    [ -n "$pid" ] && stop "$pid"
  done
done

echo
echo "Machine: $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) cores, Linux $(uname -r); $rounds rounds, medians; $connections connections; proxy on core $PROXY_CORE, load and upstream on core $LOAD_CORE; load average before $busy."
echo "CPU is user + system time of the proxy's processes per request at saturation; added latency is over direct with one connection."
echo
awk '
  function median(list,   values, n, i, j, swap) {
    n = split(list, values, " ")
    for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (values[j] + 0 < values[i] + 0) { swap = values[i]; values[i] = values[j]; values[j] = swap }
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
  }
  function of(peer, workload, column) { return median(all[peer, workload, column]) }
  { if (!(($1, $2) in seen)) { seen[$1, $2] = 1; row[++rows] = $1 " " $2 }
    for (i = 3; i <= 9; i++) all[$1, $2, i] = all[$1, $2, i] " " $i
    failed += $10 }
  END {
    print "| workload | proxy | CPU us per request | ratio to nginx | requests per second | added p50 us | added p99 us | RSS MB |"
    print "|---|---|--:|--:|--:|--:|--:|--:|"
    split("json prompt stream", order, " ")
    for (w = 1; w <= 3; w++) for (i = 1; i <= rows; i++) {
      split(row[i], name, " ")
      if (name[2] != order[w]) continue
      direct = ("direct", name[2]) in seen
      cpu = of(name[1], name[2], 3)
      ratio = ("nginx", name[2]) in seen && name[1] != "direct" ? sprintf("%.2f", cpu / of("nginx", name[2], 3)) : "-"
      added50 = direct && name[1] != "direct" ? sprintf("%.0f", of(name[1], name[2], 7) - of("direct", name[2], 7)) : "-"
      added99 = direct && name[1] != "direct" ? sprintf("%.0f", of(name[1], name[2], 8) - of("direct", name[2], 8)) : "-"
      printf "| %s | %s | %s | %s | %.0f | %s | %s | %s |\n", name[2], name[1], (name[1] == "direct" ? "-" : sprintf("%.1f", cpu)), ratio, of(name[1], name[2], 4), added50, added99, (name[1] == "direct" ? "-" : sprintf("%.0f", of(name[1], name[2], 9) / 1024))
    }
    printf "\nFailed requests: %d\n", failed
    exit failed > 0
  }' "$RUN/results"
