#!/bin/bash
# Breaks the real service under load and compares its ledger with what the upstream saw. See bench/chaos/README.md.
#
#   bench/chaos/run.sh kill [ROUNDS]           SIGKILL at random moments (1000 rounds)
#   bench/chaos/run.sh term [ROUNDS]           SIGTERM under load (50)
#   bench/chaos/run.sh pause [ROUNDS]          SIGSTOP for five seconds (3)
#   bench/chaos/run.sh budget [--keys N] [--kill]
#   bench/chaos/run.sh full                    a full disk; needs root
#   bench/chaos/run.sh cost [ROUNDS]           what the journal costs
#   bench/chaos/run.sh all                     a short form of each but cost
#
# Further options go to the harness: --seed N, --clients N, --server NAME=VALUE, --expect-loss.
# SLUICE=DIR uses a published build instead of publishing one. Exit code 0: nothing wrong.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
here=$REPO/bench/chaos
scenario=${1:-}; shift 2>/dev/null
case $scenario in
  kill | term | pause | budget)
    build_chaos
    "$CHAOS" "$scenario" "$@" ;;
  full) "$here/full.sh" "$@" ;;
  cost) "$here/cost.sh" "$@" ;;
  all)
    build_chaos
    export SLUICE
    failed=0
    "$CHAOS" kill 50 "$@" || failed=1
    "$CHAOS" term 10 "$@" || failed=1
    "$CHAOS" pause 1 "$@" || failed=1
    for keys in 1 100; do
      "$CHAOS" budget --keys "$keys" "$@" || failed=1
      "$CHAOS" budget --keys "$keys" --kill "$@" || failed=1
    done
    "$here/full.sh" "$@" || failed=1
    exit $failed ;;
  *) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
