#!/usr/bin/env bash
# Cuts the power of a simulated disk under the journal at many points and looks what is left; then measures the journal on
# the real disk. Exit code 0 when nothing confirmed was lost and the control without syncs failed.
#   bench/chaos/disk.sh 1000000          # crash points
#   bench/chaos/disk.sh 1000 4711        # from this seed on: replays a failure
set -eu
cd "$(dirname "$0")/../.."
dotnet build bench/chaos/Sluice.Chaos -c Release -v quiet --nologo
run() { dotnet artifacts/bin/Sluice.Chaos/release/Sluice.Chaos.dll "$@"; }
run disk "${1:-1000000}" ${2:+"$2"}
folder=$(mktemp -d "${TMPDIR:-/tmp}/sluice-journal-XXXXXX")
trap 'rm -rf "$folder"' EXIT
run journal "$folder"
if command -v taskset >/dev/null; then
  taskset -c 0 dotnet artifacts/bin/Sluice.Chaos/release/Sluice.Chaos.dll call "$folder/call"
fi
