#!/usr/bin/env bash
# Takes the figures of docs/measurements.md, with the full counts of the issue:
#   tests/measure.sh journal|sqlite|fanout|postgres|attach|kills|stalled|clients|large|shell|compare|sessions|startup|simulation [SEEDS]|planted [SEEDS]|all
#   tests/measure.sh faults|away|two|join|balanced|rolling [COMMIT]     the cluster; not in "all"
#   tests/measure.sh times                                              promised times that a busy machine does not hold: starts, stops, takeovers; not in "all"
#   tests/measure.sh before COMMIT                                      this build beside the server of that commit; not in "all"
# "faults" takes ten minutes; OPENCODE_ACTORS_FAULTS="graceful stop,kill -9" chooses among the faults, OPENCODE_ACTORS_SECONDS=60 how long.
# "rolling" restarts a cluster of that commit's build (HEAD without one) node by node as the build of this checkout.
# Nothing else should run on the machine. Each prints the command, the machine, the date and what was measured.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/prepare.sh

benchmark() { dotnet run -c Release --no-build --project tests/OpenCode.Actors.Benchmarks -- "$1" < /dev/null; }

# The same test code as tests/run.sh has, at full scale; prints what the tests write, and fails with them.
proof() {
  OPENCODE_ACTORS_SCALE=full OPENCODE_ACTORS_NOTHING_LEFT_OUT=1 dotnet test tests/OpenCode.Actors.EndToEnd -c Release --no-build -nologo \
    --filter "$1" --logger "console;verbosity=detailed" < /dev/null -- xUnit.ParallelizeTestCollections=false | grep -vE '^ *$|^Test (run|Parallel)|A total of|xUnit.net'
}

# One node from one seed, played twice each, from seed 1 on (tests/OpenCode.Actors.Tests/Simulation). The last line is "N seeds clean" or which seed found what.
simulate() {
  OPENCODE_ACTORS_SIMULATION_SEEDS=$1 dotnet test "${2:-.}/tests/OpenCode.Actors.Tests" -c Release --no-build -nologo \
    --filter "FullyQualifiedName~SimulationTests.The_promises_hold_for_every_seed" --logger "console;verbosity=detailed" < /dev/null
}

simulation() {
  local began=$SECONDS
  simulate "${1:-1000}" | sed -nE '/^ *Seed [0-9]+, step/p; /^ *seeds [0-9]+ to/,/seeds (clean|played)$/p'
  say "took $((SECONDS - began)) s, the start of the tests included"
}

# Each bug of tests/planted in a copy of the working tree: the simulation has to find it within so many seeds.
planted() {
  local seeds=${1:-300} copy patch name out missed=0
  for patch in tests/planted/*.patch; do
    git apply --check "$patch" || { say "$patch does not fit the sources any more"; return 1; }
  done
  copy=$(mktemp -d)
  git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -cf - -T - 2> /dev/null | tar -xf - -C "$copy"
  for patch in tests/planted/*.patch; do
    name=$(basename "$patch" .patch)
    (cd "$copy" && git apply "$OLDPWD/$patch" && dotnet build tests/OpenCode.Actors.Tests -c Release -v q -nologo < /dev/null > build.log) || { tail -n 20 "$copy/build.log"; return 1; }
    out=$(simulate "$seeds" "$copy") || true
    if found=$(grep -oE 'found by seed [0-9]+' <<< "$out"); then
      say "$name: $found: $(sed -nE 's/^ *Seed [0-9]+, step [0-9]+: (.{0,160}).*/\1/p' <<< "$out" | head -n 1)"
    else
      say "$name: not found in $seeds seeds"
      missed=1
    fi
    (cd "$copy" && git apply -R "$OLDPWD/$patch")
  done
  rm -rf "$copy"
  return $missed
}

compare() {
  needed_package gcc gcc
  needed_package python3 python3
  needed_package nginx nginx
  local root
  root=$(mktemp -d)
  BENCH_DIR=$root OPENCODE_BIN=$PWD/tests/clients/node_modules/opencode-linux-x64/bin/opencode python3 tests/bench/compare.py --ours "dotnet $PWD/src/OpenCode.Actors.Server/bin/Release/net10.0/opencode-actors.dll serve --port {port} --data {dir}" \
    ${BEFORE:+--before "$BEFORE"} --peers "${PEERS-limitA,nchan,naive,opencode}" --scenarios "${SCENARIOS:-S1b,S2b,S3,S6}" --rounds "${ROUNDS:-3}"
  rm -rf "$root"
}

# Builds the server of another commit, until this script ends.
old_server() {
  old=$(mktemp -d)
  trap 'git worktree remove --force "$old/source"; rm -rf "$old"' EXIT
  git worktree add -q --detach "$old/source" "$1"
  say "from $(git log -1 --format='%h of %cs' "$1") to $(git log -1 --format='%h of %cs')"
  (cd "$old/source" && dotnet build src/OpenCode.Actors.Server -c Release -v q -nologo < /dev/null)
  export OPENCODE_ACTORS_OLD_SERVER=$old/source/src/OpenCode.Actors.Server/bin/Release/net10.0/opencode-actors.dll
}

rolling() {
  old_server "${1:-HEAD}"
  proof "FullyQualifiedName~RollingRestartTests"
}

# Fan-out, start and idle memory in interleaved rounds; then the list of 10,000 sessions and the memory of one that sleeps.
before() {
  old_server "$1"
  BEFORE="dotnet $OPENCODE_ACTORS_OLD_SERVER serve --port {port} --data {dir}" PEERS='' compare
  for round in 1 2 3; do
    OPENCODE_ACTORS_SERVER=$OPENCODE_ACTORS_OLD_SERVER proof "FullyQualifiedName~ManySessionsTests"
    proof "FullyQualifiedName~ManySessionsTests"
  done
}

measure() {
  say "tests/measure.sh $1: $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(sed -nE 's/^model name.*: //p' /proc/cpuinfo | head -n 1), Linux $(uname -r), $(date -u +%F)"
  case "$1" in
    journal | fanout) benchmark "$1" ;;
    postgres) postgres; benchmark "$1" ;;
    sqlite) needed_package sqlite3 sqlite3; needed_package gcc gcc; proof "FullyQualifiedName~EndToEnd.Sqlite" ;;
    attach) npm_packages; proof "FullyQualifiedName~RunAttachTests" ;;
    kills) proof "FullyQualifiedName~RepeatedKillTests|FullyQualifiedName~KillAroundToolTests|FullyQualifiedName~Snapshots.UndoTests.A_kill" ;;
    shell) npm_packages; proof "FullyQualifiedName~EndToEnd.Shells" ;;
    stalled) proof "FullyQualifiedName~StalledClientsTests" ;;
    clients) proof "FullyQualifiedName~BadClientsTests" ;;
    large) proof "FullyQualifiedName~LargeThingsTests" ;;
    sessions) proof "FullyQualifiedName~ManySessionsTests" ;;
    simulation | planted) "$1" ${2:+"$2"} ;;
    faults) postgres; proof "FullyQualifiedName~RandomFaultsTests" ;;
    away) postgres; proof "FullyQualifiedName~DatabaseAwayTests" ;;
    two) postgres; proof "FullyQualifiedName~TwoNodesTests" ;;
    balanced) npm_packages; postgres; proof "FullyQualifiedName~Cluster.Balanced" ;;
    join) postgres; proof "FullyQualifiedName~JoinAndDrainTests" ;;
    rolling) postgres; rolling ${2:+"$2"} ;;
    before) before "${2:?which commit?}" ;;
    times) npm_packages; postgres; needed_package faketime faketime; proof "Promises=time" ;;
    startup) proof "FullyQualifiedName~FanOutTests.A_start" ;;
    compare) npm_packages; compare ;;
    *) say "No measurement '$1'." >&2; sed -n 2,9p "$0" >&2; exit 2 ;;
  esac
}

name=${1:-}
[ -n "$name" ] || { sed -n 2,9p "$0" >&2; exit 2; }
build_release
if [ "$name" = all ]; then
  for one in simulation planted journal sqlite fanout postgres startup sessions stalled clients large kills attach compare; do measure "$one"; done
else
  measure "$name" ${2:+"$2"}
fi
