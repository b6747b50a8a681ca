# Sourced by run.sh and measure.sh: installs what a fresh Debian or Ubuntu lacks, and says so.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DEBIAN_FRONTEND=noninteractive

say() { printf '== %s\n' "$*"; }

need() { command -v "$1" > /dev/null || { say "$1 is missing. $2" >&2; exit 1; }; }

# needed_package PROGRAM PACKAGE: installs PACKAGE with apt-get where PROGRAM is not found.
needed_package() {
  PATH="$PATH:/usr/sbin" command -v "$1" > /dev/null && return
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  say "$1 is missing: installing Debian's $2"
  [ -n "${apt_updated:-}" ] || { "${as_root[@]}" apt-get update -qq < /dev/null; apt_updated=1; }
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$2" < /dev/null > /dev/null
}

# The tests start servers of their own from the package's programs; the one that Debian starts by itself is not used.
postgres() { ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || needed_package initdb postgresql; }

# The clients of the end-to-end tests, exactly as the lock file has them.
npm_packages() {
  need node "Install Node.js 20 or later."
  need npm "Install npm."
  if [ ! tests/clients/node_modules/.package-lock.json -nt tests/clients/package-lock.json ]; then
    say "npm ci in tests/clients: opencode 1.18.33, its SDK, playwright-core, mvdan-sh"
    (cd tests/clients && npm ci --no-audit --no-fund --loglevel=error < /dev/null)
  fi
}

# One compiler for all projects, which knows the analyzers after the first of them: a quarter less work. It is this build's own, and ends with it.
build_release() {
  need dotnet "Install the .NET 10 SDK."
  say "dotnet build -c Release"
  local compiler=opencode-actors-$$ ended=0
  dotnet build -c Release -v q -nologo -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" < /dev/null || ended=$?
  pkill -f -- "-pipename:$compiler\$" 2> /dev/null || true # else it waits ten minutes for another build
  return "$ended"
}
