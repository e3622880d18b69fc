#!/usr/bin/env bash
# Installs what the tests need and is missing, builds, runs every suite, and ends with one line: N passed, M failed.
# A suite that crashes or runs nothing counts as one failure. Exit code 0 only when nothing failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 NO_COLOR=1
# No build server outlives the run.
export MSBUILDDISABLENODEREUSE=1

passed=0
failed=0
skipped=()
results=artifacts/tests
mkdir -p "$results"

section() { printf '\n== %s\n' "$*"; }

finish() {
  section 'Result'
  if ((${#skipped[@]} > 0)); then
    printf 'Skipped:\n'
    printf '  %s\n' "${skipped[@]}"
  fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0))
  exit
}

# Counts a suite: name, passed, failed, exit code.
count() {
  local name=$1 good=$2 bad=$3 code=$4
  if ((good + bad == 0)); then
    printf '%s ran nothing.\n' "$name"
    bad=1
  elif ((code != 0 && bad == 0)); then
    printf '%s ended with %d although no test failed.\n' "$name" "$code"
    bad=1
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
  printf '%s: %d passed, %d failed\n' "$name" "$good" "$bad"
}

as_root() {
  if ((EUID == 0)); then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else return 1; fi
}

install_missing() {
  local missing=()
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  if ((${#missing[@]} > 0)); then
    section "Installing ${missing[*]}"
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  fi
  if ! command -v dotnet >/dev/null; then
    printf 'The .NET SDK named in global.json is needed: https://dotnet.microsoft.com/download\n'
    failed=1
    finish
  fi
}

build() {
  section 'Build'
  if ! dotnet restore Sluice.slnx --locked-mode -v quiet || ! dotnet build Sluice.slnx -c Release --no-restore -v quiet; then
    printf 'The build failed.\n'
    failed=1
    finish
  fi
}

# What a review should not have to look for.
tree_checks() {
  section 'Tree'
  local good=0 bad=0
  check() { # title, command that must print nothing
    local rows
    rows=$("${@:2}" 2>/dev/null)
    if [[ -z $rows ]]; then
      good=$((good + 1))
    else
      bad=$((bad + 1))
      printf '%s\n%s\n' "$1" "$rows"
    fi
  }
  check 'Unfinished work:' git grep -nIE 'TODO|FIXME|HACK|NotImplementedException' -- 'src/*.cs'
  check 'Build output in the tree:' git ls-files -- '*/bin/*' '*/obj/*' '*/node_modules/*' '*.db'
  check 'A registry in a lock file:' git grep -nI '"resolved"' -- '*package-lock.json'
  check 'Lock file missing:' bash -c 'for p in $(git ls-files "*.csproj"); do l=$(dirname "$p")/packages.lock.json; git ls-files --error-unmatch "$l" >/dev/null 2>&1 || echo "$l"; done'
  count 'Tree' "$good" "$bad" 0
}

dotnet_suite() {
  local project=$1 name log trx code line
  name=$(basename "$project" .csproj)
  section "$name"
  log=$results/$name.log
  trx=$results/$name.trx
  rm -f "$trx"
  timeout 1200 dotnet test "$project" -c Release --no-build --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' --blame-hang-timeout 5m --blame-hang-dump-type none 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  line=$(grep -o '<Counters [^>]*>' "$trx" 2>/dev/null | head -1)
  number() { grep -oE " $1=\"[0-9]+\"" <<<"$line" | grep -oE '[0-9]+' || echo 0; }
  count "$name" "$(number passed)" "$(($(number failed) + $(number error) + $(number timeout) + $(number aborted)))" "$code"
  while read -r row; do skipped+=("$name: $row"); done < <(sed -nE 's/^ *(Skipped|\[SKIP\]|! )[: ]*(.*)/\2/p' "$log" | grep -vE '^(Passed|Failed)' | sort -u)
}

node_suite() {
  section 'Vendors'\'' JavaScript SDKs and agents'
  local major tap=$results/clients.tap code
  major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/')
  if ((${major:-0} < 20)); then
    skipped+=("test/clients: Node.js 20 or newer is needed, found ${major:-none}")
    return
  fi
  if ! npm ci --prefix test/clients --no-progress --loglevel=error; then
    count 'test/clients' 0 1 1
    return
  fi
  (cd test/clients && timeout 420 node --test --test-timeout=120000 --test-concurrency=2 \
    --test-reporter=tap --test-reporter-destination="$OLDPWD/$tap" \
    --test-reporter=dot --test-reporter-destination=stdout ./*.test.mjs)
  code=$?
  summary() { sed -nE "s/^# $1 ([0-9]+)$/\1/p" "$tap" | tail -1; }
  local good bad
  good=$(summary pass)
  bad=$(($(summary fail) + $(summary cancelled)))
  # The whole story of each failure: the line and the YAML block behind it.
  awk '/^ *not ok /{show=1} /^ *ok /{show=0} show' "$tap" | head -400
  # How many cells of the matrix of clients and vendors held.
  sed -nE 's/^# ([0-9]+ cells of .*)$/\1/p' "$tap"
  while read -r row; do skipped+=("test/clients: $row"); done < <(sed -nE 's/^ *ok [0-9]+ - (.*) # SKIP ?(.*)/\1: \2/p' "$tap")
  count 'test/clients' "${good:-0}" "${bad:-0}" "$code"
}

started=$SECONDS
install_missing
build
tree_checks
for project in test/*.Tests/*.Tests.csproj; do
  dotnet_suite "$project"
done
node_suite
printf '\nTook %d s.\n' "$((SECONDS - started))"
finish
