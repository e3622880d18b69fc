#!/bin/bash
# A full disk under load, on a small tmpfs in a mount namespace of its own, so that nothing of the machine is filled or mounted.
#
#   bench/chaos/full.sh [OPTIONS OF THE HARNESS]
#
# DISK_MB=512 is the size: the journal's segments and some room for the database. Skipped with a reason where mounting is not allowed.
set -u
. "$(cd "$(dirname "$0")" && pwd)/common.sh"
size=${DISK_MB:-512}
if ! reason=$(unshare -m sh -c "mount -t tmpfs -o size=1m tmpfs '$RUN'" 2>&1); then
  echo "Skipped: a mount namespace with a tmpfs needs root ($reason)"
  exit 0
fi
build_chaos
mkdir "$RUN/disk"
unshare -m --propagation private sh -c \
  'mount -t tmpfs -o size="$1"m tmpfs "$2" && shift && disk=$1 && shift && exec "$0" full --disk "$disk" "$@"' \
  "$CHAOS" "$size" "$RUN/disk" "$@"
