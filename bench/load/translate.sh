#!/bin/bash
# What translation costs beside relay: CPU of the gateway per call of 1 KB, and per event of a stream, for every client and upstream.
#
#   bench/load/translate.sh [ROUNDS]           default: 3 rounds of 16 pairs: about 8 minutes
#
# SLUICE=DIR measures a published build instead of publishing one; SECONDS_EACH=3 is the length of one measurement;
# LOAD_CORE=0 and PROXY_CORE=1 are the cores. Exit code 1 when a pair costs more than MOST_RATIO=2.5 times the relay of
# the client's own dialect for a call, or MOST_EVENT=5 us for an event.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
need taskset wrk awk
[ "$(nproc)" -gt 1 ] || die "needs two cores: one for the gateway, one for load and upstream"
rounds=${1:-3}
seconds=${SECONDS_EACH:-3}
connections=32
dialects=(chat responses messages gemini)
publish_sluice
build_c
start_upstream

write_sluice_config() {
  local base=http://127.0.0.1:$UPSTREAM_PORT key='credentials: [ { name: k1, api_key: sk-upstream-0123456789abcdef } ]' dialect kind
  cat >"$RUN/sluice.yaml" <<YAML
providers:
  - { name: chat, type: openai-compatible, base_url: $base/v1, $key }
  - { name: responses, type: openai, dialects: [openai-responses], base_url: $base/v1, $key }
  - { name: messages, type: anthropic, base_url: $base, $key }
  - { name: gemini, type: gemini, base_url: $base, $key }
models:
YAML
  for dialect in "${dialects[@]}"; do for kind in json stream; do
    echo "  - { name: $dialect-$kind, targets: [ { provider: $dialect, model: bench-$kind, price: { input: 1, output: 2, cache_read: 0.1 } } ] }" >>"$RUN/sluice.yaml"
  done; done
  cat >>"$RUN/sluice.yaml" <<YAML
keys:
  - { name: load, key: $CLIENT_KEY, models: ["*"], limits: { rpm: 100000000, tpm: 100000000000, concurrency: 100000 } }
YAML
}

prompt=$(awk 'BEGIN { s = "She said \\\"hello\\\" twice.\\nThe quick brown fox jumps over the lazy dog. "; while (length(t) < 780) t = t s; t = substr(t, 1, 780); sub(/\\+$/, "", t); print t }')

# call CLIENT UPSTREAM KIND: writes the script for wrk and sets PATH_OF_CALL.
call() {
  local model=$2-$3 stream='' body
  [ "$3" = stream ] && stream='"stream":true,'
  case $1 in
    chat) PATH_OF_CALL=/v1/chat/completions
      body='{"model":"'$model'",'$stream'"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"'$prompt'"}],"temperature":0.7,"max_tokens":256}' ;;
    responses) PATH_OF_CALL=/v1/responses
      body='{"model":"'$model'",'$stream'"instructions":"You are a helpful assistant.","input":[{"role":"user","content":"'$prompt'"}],"temperature":0.7,"max_output_tokens":256,"store":false}' ;;
    messages) PATH_OF_CALL=/v1/messages
      body='{"model":"'$model'",'$stream'"system":"You are a helpful assistant.","messages":[{"role":"user","content":"'$prompt'"}],"temperature":0.7,"max_tokens":256}' ;;
    gemini) PATH_OF_CALL=/v1beta/models/$model:generateContent
      [ "$3" = stream ] && PATH_OF_CALL="/v1beta/models/$model:streamGenerateContent?alt=sse"
      body='{"systemInstruction":{"parts":[{"text":"You are a helpful assistant."}]},"contents":[{"role":"user","parts":[{"text":"'$prompt'"}]}],"generationConfig":{"temperature":0.7,"maxOutputTokens":256}}' ;;
  esac
  printf '%s' "$body" >"$RUN/call.body"
  cat >"$RUN/call.lua" <<LUA
local file = io.open("$RUN/call.body", "rb")
wrk.method, wrk.body = "POST", file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $CLIENT_KEY"
wrk.headers["anthropic-version"] = "2023-06-01"
LUA
}

# load SECONDS: "requests failed"
load() {
  taskset -c "$LOAD_CORE" wrk -t1 -c"$connections" -d"$1s" --timeout 10s -s "$RUN/call.lua" "http://127.0.0.1:$PROXY_PORT$PATH_OF_CALL" | awk '
    / requests in / { requests = $1 }
    /Non-2xx/ { failed += $NF }
    /Socket errors/ { gsub(",", ""); failed += $4 + $6 + $8 + $10 }
    END { print requests + 0, failed + 0 }'
}

# One line per measurement: client upstream kind cpu_us failed
measure() {
  local before after result
  call "$1" "$2" "$3"
  load 1 >/dev/null
  before=$(ticks "$PROXY_PID")
  result=$(load "$seconds")
  after=$(ticks "$PROXY_PID")
  awk -v pair="$1 $2 $3" -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v result="$result" '
    BEGIN { split(result, r, " "); print pair, (r[1] > 0 ? t * 1000000 / hz / r[1] : 0), r[2] }' | tee -a "$RUN/results" >&2
}

start_proxy sluice
# The compiler's work is done before anything is measured.
for client in "${dialects[@]}"; do for upstream in "${dialects[@]}"; do for kind in json stream; do
  call "$client" "$upstream" "$kind"; load 1 >/dev/null
done; done; done
for round in $(seq "$rounds"); do
  for client in "${dialects[@]}"; do for upstream in "${dialects[@]}"; do for kind in json stream; do
    measure "$client" "$upstream" "$kind"
  done; done; done
done
stop "$PROXY_PID"

echo "$rounds rounds, medians; $connections connections; gateway on core $PROXY_CORE, load and upstream on core $LOAD_CORE; a stream has 200 events"
awk -v most_ratio="${MOST_RATIO:-2.5}" -v most_event="${MOST_EVENT:-5}" '
  function median(list,   values, n, i, j, swap) {
    n = split(list, values, " ")
    for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (values[j] + 0 < values[i] + 0) { swap = values[i]; values[i] = values[j]; values[j] = swap }
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
  }
  { all[$1, $2, $3] = all[$1, $2, $3] " " $4; failed += $5 }
  END {
    print "| Client | Upstream | CPU us per call | to relay | CPU us per stream | us per event | more than relay |"
    print "|---|---|--:|--:|--:|--:|--:|"
    split("chat responses messages gemini", names, " ")
    for (c = 1; c <= 4; c++) for (u = 1; u <= 4; u++) {
      client = names[c]; upstream = names[u]
      json = median(all[client, upstream, "json"]); stream = median(all[client, upstream, "stream"])
      relay = median(all[client, client, "json"]); relayed = median(all[client, client, "stream"])
      ratio = relay > 0 ? json / relay : 0; event = stream / 200
      printf "| %s | %s | %.1f | %.2f | %.0f | %.2f | %.2f |\n", client, upstream, json, ratio, stream, event, (stream - relayed) / 200
      if (c != u && (ratio > most_ratio || (stream - relayed) / 200 > most_event)) over++
      if (json <= 0 || stream <= 0) over++
    }
    printf "failed calls: %d; pairs over %.1f times relay or %.0f us of translation per event: %d\n", failed, most_ratio, most_event, over
    exit failed > 0 || over > 0
  }' "$RUN/results"
