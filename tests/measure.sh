#!/usr/bin/env bash
# Takes the figures of docs/measurements.md, with the full counts of the issue:
#   tests/measure.sh journal|fanout|postgres|attach|kills|stalled|compare|sessions|startup|all
# Nothing else should run on the machine. Each prints the command, the machine, the date and what was measured.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/prepare.sh

benchmark() { dotnet run -c Release --no-build --project tests/OpenCode.Actors.Benchmarks -- "$1" < /dev/null; }

# The same test code as tests/run.sh has, at full scale; prints what the tests write, and fails with them.
proof() {
  OPENCODE_ACTORS_SCALE=full OPENCODE_ACTORS_NOTHING_LEFT_OUT=1 dotnet test tests/OpenCode.Actors.EndToEnd -c Release --no-build -nologo \
    --filter "$1" --logger "console;verbosity=detailed" < /dev/null | grep -vE '^ *$|^Test (run|Parallel)|A total of|xUnit.net'
}

compare() {
  needed_package gcc gcc
  needed_package python3 python3
  needed_package nginx nginx
  local root
  root=$(mktemp -d)
  BENCH_DIR=$root OPENCODE_BIN=$PWD/tests/clients/node_modules/opencode-linux-x64/bin/opencode python3 tests/bench/compare.py --ours "dotnet $PWD/src/OpenCode.Actors.Server/bin/Release/net10.0/opencode-actors.dll serve --port {port} --data {dir}" \
    --peers "${PEERS:-limitA,nchan,naive,opencode}" --scenarios "${SCENARIOS:-S1b,S2b,S3,S6}" --rounds "${ROUNDS:-3}"
  rm -rf "$root"
}

measure() {
  say "tests/measure.sh $1: $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(sed -nE 's/^model name.*: //p' /proc/cpuinfo | head -n 1), Linux $(uname -r), $(date -u +%F)"
  case "$1" in
    journal | fanout) benchmark "$1" ;;
    postgres) postgres; benchmark "$1" ;;
    attach) npm_packages; proof "FullyQualifiedName~RunAttachTests" ;;
    kills) proof "FullyQualifiedName~RepeatedKillTests" ;;
    stalled) proof "FullyQualifiedName~StalledClientsTests" ;;
    sessions) proof "FullyQualifiedName~ManySessionsTests" ;;
    startup) proof "FullyQualifiedName~FanOutTests.A_start" ;;
    compare) npm_packages; compare ;;
    *) say "No measurement '$1'." >&2; sed -n 2,4p "$0" >&2; exit 2 ;;
  esac
}

name=${1:-}
[ -n "$name" ] || { sed -n 2,4p "$0" >&2; exit 2; }
build_release
if [ "$name" = all ]; then
  for one in journal fanout postgres startup sessions stalled kills attach compare; do measure "$one"; done
else
  measure "$name"
fi
