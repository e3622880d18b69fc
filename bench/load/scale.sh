#!/bin/bash
# What a call costs with ten keys and ten models, and with many: it must be the same. See bench/README.md.
#
#   bench/load/scale.sh [KEYS] [MODELS]      default: 100000 keys and 1000 models
#
# SLUICE=DIR measures a published build; ROUNDS=3; SECONDS_EACH=4; KEEP=1 keeps the logs.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
need taskset wrk awk
keys=${1:-100000} models=${2:-1000} rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-4}
publish_sluice
ulimit -n "$(ulimit -Hn)"
build_c
start_upstream

# write_sluice_config is what start_proxy calls: here it writes as many rows as the row of the table says.
write_sluice_config() {
  awk -v keys="$key_count" -v models="$model_count" -v port="$UPSTREAM_PORT" -v key="$CLIENT_KEY" 'BEGIN {
    printf "providers:\n  - { name: upstream, type: openai, base_url: \"http://127.0.0.1:%s/v1\", credentials: [ { name: k1, api_key: sk-upstream-0123456789abcdef } ] }\n", port
    print "models:"
    for (i = 1; i < models; i++) printf "  - { name: \"other-%d\", targets: [ { provider: upstream, model: bench-json, price: { input: 1, output: 2 } } ] }\n", i
    print "  - { name: bench-json, targets: [ { provider: upstream, model: bench-json, price: { input: 1, output: 2 } } ] }"
    print "keys:"
    for (i = 1; i < keys; i++) printf "  - { name: \"key-%d\", key: \"sk-other-0123456789abcdef%08d\", limits: { rpm: 1000 } }\n", i, i
    printf "  - { name: load, key: %s, limits: { rpm: 100000000, tpm: 100000000000, concurrency: 100000 } }\n", key
  }' >"$RUN/sluice.yaml"
}

cat >"$RUN/json.lua" <<LUA
wrk.method = "POST"
wrk.body = '{"model":"bench-json","messages":[{"role":"user","content":"' .. string.rep("The quick brown fox. ", 45) .. '"}]}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $CLIENT_KEY"
LUA
run() { taskset -c "$LOAD_CORE" wrk -t1 -c32 -d"$1s" --timeout 10s -s "$RUN/json.lua" "http://127.0.0.1:$PROXY_PORT/v1/chat/completions"; }

for round in $(seq "$rounds"); do
  for size in "10 10" "$keys $models"; do
    read -r key_count model_count <<<"$size"
    start_proxy sluice
    run 5 >/dev/null
    before=$(ticks "$PROXY_PID")
    run "$seconds" >"$RUN/out"
    after=$(ticks "$PROXY_PID")
    awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v size="$size" -v kb="$(memory "$PROXY_PID")" '
      / requests in / { n = $1 } /Non-2xx/ { bad = $NF }
      END { printf "%s keys and models: %.1f us per call, %.0f MB, %d failed\n", size, t * 1000000 / hz / n, kb / 1024, bad }' "$RUN/out"
    stop "$PROXY_PID"
  done
done
