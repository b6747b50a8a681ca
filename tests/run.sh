#!/usr/bin/env bash
# All tests of this repository; nothing is left out. Needs the .NET SDK and Node.js, installs what else is missing and says so.
# Ends with "N passed, N failed". Seeds of random tests are printed: OPENCODE_ACTORS_SEED=N repeats one.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/prepare.sh
trap 'exit 130' INT # else Ctrl-C would end one test run and begin the next

# Comes over the network while the build has the processors.
npm_packages & npm=$!
needed_package "${CHROMIUM:-chromium}" chromium
needed_package nginx nginx-light
needed_package faketime faketime
postgres
needed_package pgbouncer pgbouncer
needed_package sqlite3 sqlite3
needed_package gcc gcc
needed_package tmux tmux
build_release
wait "$npm"

# The planted bugs of tests/measure.sh still fit the sources.
git apply --check tests/planted/*.patch

export OPENCODE_ACTORS_NOTHING_LEFT_OUT=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed_project=0

# One project after the other: the end-to-end tests want the machine for themselves.
test_project() {
  say "dotnet test $1"
  dotnet test "tests/$1" -c Release --no-build -nologo --logger "console;verbosity=$2" "${@:3}" --blame-hang --blame-hang-timeout 5m --blame-hang-dump-type none \
    --results-directory artifacts/tests < /dev/null 2>&1 | tee -a "$log" || failed_project=1
}
test_project OpenCode.Actors.Tests minimal
test_project OpenCode.Actors.EndToEnd detailed

# The compose file, checked by a client of compose where there is one; that needs no engine.
compose_client() { docker compose version > /dev/null 2>&1 && echo docker compose || { command -v docker-compose > /dev/null && echo docker-compose; }; }
if client=$(compose_client); then
  say "$client config"
  OPENCODE_CLUSTER_SECRET=0123456789abcdef OPENCODE_SERVER_PASSWORD=secret $client -f docker-compose.cluster.yml config -q || failed_project=1
fi

# Adds up the summaries of the projects, in either of the two forms that the console logger knows.
sum() { sed -nE "s/.*$1: +([0-9]+).*/\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed)
failed=$(sum Failed)
skipped=$(sum Skipped)
if [ "$skipped" -gt 0 ]; then
  say "$skipped left out, which may not be: they count as failed"
  failed=$((failed + skipped))
fi
if [ "$failed_project" != 0 ] && [ "$failed" = 0 ]; then
  say "a test run ended without a result"
  failed=1
fi
# Once more what failed: of a long run often only the end is kept.
awk '/^ *(Passed|Failed|Skipped) [^ ]/ { failing = /^ *Failed /; lines = 0 } /^Test Run |^Failed!|^\[xUnit/ { failing = 0 } failing && ++lines <= 60' "$log"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
