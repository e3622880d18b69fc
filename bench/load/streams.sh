#!/bin/bash
# Holds many slow event streams through the gateway at once and counts the broken ones. See bench/README.md.
#
#   bench/load/streams.sh [STREAMS] [SECONDS] [PEER]      default: 8000 streams for 300 s through sluice
#
# Each stream gets one event a second; a stream that lost an event, was cut, or did not end is broken. Ends with 0 when
# none is. SLUICE=DIR measures a published build; KEEP=1 keeps the logs.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
need taskset awk
streams=${1:-8000} seconds=${2:-300} peer=${3:-sluice}
case $peer in
  nginx) need nginx ;;
  sluice) publish_sluice ;;
  direct) ;;
  *) die "unknown peer $peer: direct, nginx or sluice" ;;
esac
ulimit -n "$(ulimit -Hn)"
# A proxy has two sockets per stream.
[ "$(ulimit -n)" -ge $((2 * streams + 500)) ] || die "$streams streams need $((2 * streams + 500)) open files, the hard limit is $(ulimit -n): raise it (ulimit -Hn, limits.conf) or hold fewer"
build_c
start_upstream "$seconds" 1000
port=$UPSTREAM_PORT pid=''
if [ "$peer" != direct ]; then start_proxy "$peer"; port=$PROXY_PORT pid=$PROXY_PID; fi

taskset -c "$LOAD_CORE" "$RUN/hold" "$port" "$streams" "$seconds" $((seconds + 60)) "$CLIENT_KEY" >"$RUN/hold.out" &
client=$!
STARTED+=("$client")
peak=0 before=0
[ -n "$pid" ] && before=$(ticks "$pid")
while kill -0 "$client" 2>/dev/null; do
  if [ -n "$pid" ]; then now=$(memory "$pid"); [ "$now" -gt "$peak" ] && peak=$now; fi
  sleep 1
done
wait "$client"; result=$?
echo "$peer: $(cat "$RUN/hold.out")"
if [ -n "$pid" ]; then
  awk -v t=$(($(ticks "$pid") - before)) -v hz="$(getconf CLK_TCK)" -v events=$((streams * seconds)) -v kb="$peak" -v n="$streams" \
    'BEGIN { printf "CPU per event %.1f us, peak RSS %.0f MB (%.1f KB per stream)\n", t * 1000000 / hz / events, kb / 1024, kb / n }'
fi
exit "$result"
