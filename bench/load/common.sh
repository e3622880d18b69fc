# Shared by run.sh and streams.sh: building, starting, measuring, and stopping only what was started. Not a command.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
RUN=$(mktemp -d "${TMPDIR:-/tmp}/sluice-load.XXXXXX")
LOAD_CORE=${LOAD_CORE:-0}
PROXY_CORE=${PROXY_CORE:-1}
CLIENT_KEY=sk-load-0123456789abcdef0123456789abcdef
STARTED=()

die() { echo "$*" >&2; exit 2; }

need() {
  local tool
  for tool in "$@"; do command -v "$tool" >/dev/null || die "$tool is missing: this needs a C compiler (gcc or clang), wrk, nginx, taskset and awk"; done
}

compiler() { command -v gcc || command -v clang || command -v cc || die "no C compiler: install gcc or clang"; }

# A stop by id, with a deadline, of a process started here.
stop() {
  local pid=$1 i
  kill "$pid" 2>/dev/null || return 0
  for i in $(seq 50); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null
}

cleanup() {
  local pid
  for pid in "${STARTED[@]}"; do stop "$pid"; done
  if [ -n "${KEEP:-}" ]; then echo "kept: $RUN" >&2; else rm -rf "$RUN"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

wait_for_port() {
  local pid=$1 port=$2 log=$3 i
  for i in $(seq 200); do
    (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -5 "$log" >&2
  die "it does not listen on $port"
}

build_c() {
  local cc; cc=$(compiler)
  "$cc" -O2 -o "$RUN/upstream" "$HERE/upstream.c"
  "$cc" -O2 -o "$RUN/hold" "$HERE/hold.c"
}

# Sets UPSTREAM_PORT.
start_upstream() {
  taskset -c "$LOAD_CORE" "$RUN/upstream" "$@" >"$RUN/upstream.port" 2>"$RUN/upstream.log" &
  STARTED+=($!)
  local i
  for i in $(seq 50); do [ -s "$RUN/upstream.port" ] && break; sleep 0.1; done
  UPSTREAM_PORT=$(cat "$RUN/upstream.port")
}

publish_sluice() {
  if [ -z "${SLUICE:-}" ]; then
    SLUICE=$REPO/artifacts/load/sluice
    echo "publishing to artifacts/load/sluice" >&2
    dotnet publish "$REPO/src/Sluice" -c Release -o "$SLUICE" -v quiet --nologo >"$RUN/publish.log" 2>&1 \
      || { tail -20 "$RUN/publish.log" >&2; die "dotnet publish failed"; }
  fi
  [ -x "$SLUICE/sluice" ] || die "SLUICE=$SLUICE is not a folder made by dotnet publish src/Sluice"
}

# Everything on: a key that is checked, limits, a price, usage records.
write_sluice_config() {
  cat >"$RUN/sluice.yaml" <<YAML
providers:
  - name: upstream
    type: openai
    base_url: http://127.0.0.1:$UPSTREAM_PORT/v1
    credentials: [ { name: k1, api_key: sk-upstream-0123456789abcdef } ]
models:
  - name: "bench-*"
    targets: [ { provider: upstream, model: "*", price: { input: 1, output: 2, cache_read: 0.1 } } ]
keys:
  - name: load
    key: $CLIENT_KEY
    models: ["*"]
    limits: { rpm: 100000000, tpm: 100000000000, concurrency: 100000 }
YAML
}

write_nginx_config() {
  cat >"$RUN/nginx.conf" <<CONF
worker_processes 1; daemon off; pid $RUN/nginx.pid; error_log $RUN/nginx.err warn; worker_rlimit_nofile 40000;
events { worker_connections 18000; }
http {
  access_log off; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 300s;
  client_body_buffer_size 64k; client_max_body_size 32m; client_body_temp_path $RUN/nginx-body;
  proxy_temp_path $RUN/nginx-proxy; fastcgi_temp_path $RUN/nginx-f; uwsgi_temp_path $RUN/nginx-u; scgi_temp_path $RUN/nginx-s;
  upstream vendor { server 127.0.0.1:$UPSTREAM_PORT; keepalive 1024; keepalive_requests 100000000; keepalive_timeout 300s; }
  server {
    listen 127.0.0.1:$1 backlog=4096;
    location / {
      proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-upstream-0123456789abcdef"; proxy_buffers 16 8k; proxy_read_timeout 60s;
    }
  }
}
CONF
}

# start_proxy nginx|sluice: sets PROXY_PID and PROXY_PORT.
start_proxy() {
  PROXY_PORT=$(free_port)
  case $1 in
    nginx)
      write_nginx_config "$PROXY_PORT"
      taskset -c "$PROXY_CORE" nginx -c "$RUN/nginx.conf" >"$RUN/nginx.log" 2>&1 </dev/null & ;;
    sluice)
      write_sluice_config
      rm -rf "$RUN/data"
      (cd "$RUN" && exec env NO_COLOR=1 taskset -c "$PROXY_CORE" "$SLUICE/sluice" serve \
        --urls "http://127.0.0.1:$PROXY_PORT" --data "$RUN/data" --config "$RUN/sluice.yaml") >"$RUN/sluice.log" 2>&1 </dev/null & ;;
  esac
  PROXY_PID=$!
  STARTED+=("$PROXY_PID")
  wait_for_port "$PROXY_PID" "$PROXY_PORT" "$RUN/$1.log"
}

# The process and all below it.
tree() {
  local child
  echo "$1"
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do tree "$child"; done
}

# User and system time of a process tree in clock ticks.
ticks() {
  local pid total=0 stat
  for pid in $(tree "$1"); do
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
    set -- ${stat##*) }
    total=$((total + ${12} + ${13}))
  done
  echo "$total"
}

# Proportional resident memory of a process tree in KB.
memory() {
  local pid total=0 kb
  for pid in $(tree "$1"); do
    kb=$(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null)
    total=$((total + ${kb:-0}))
  done
  echo "$total"
}
