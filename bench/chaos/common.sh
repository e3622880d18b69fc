# Shared by run.sh, full.sh and cost.sh: builds the harness and publishes the gateway. Not a command.
. "$(dirname "${BASH_SOURCE[0]}")/../load/common.sh"
CHAOS=$REPO/artifacts/bin/Sluice.Chaos/release/Sluice.Chaos

build_chaos() {
  command -v dotnet >/dev/null || die "dotnet is missing: this needs the .NET SDK named in global.json"
  dotnet build "$REPO/bench/chaos/Sluice.Chaos" -c Release -v quiet --nologo >"$RUN/build.log" 2>&1 \
    || { tail -20 "$RUN/build.log" >&2; die "dotnet build failed"; }
  publish_sluice
  export SLUICE_BINARY=$SLUICE/sluice
}
