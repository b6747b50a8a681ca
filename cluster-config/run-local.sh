#!/usr/bin/env bash
# A cluster on this machine without Docker: PostgreSQL, 3 nodes and nginx, all on loopback. Ctrl-C ends all of it.
#   cluster-config/run-local.sh [DIR]
# DIR keeps the database and the logs (a new folder below /tmp if none is given, removed at the end). Ports: nginx at $PORT (4096), the nodes at $NODE_PORT (4101) and the next, the database at $DATABASE_PORT (54329).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tests/prepare.sh"
PORT=${PORT:-4096} NODE_PORT=${NODE_PORT:-4101} DATABASE_PORT=${DATABASE_PORT:-54329} NODES=${NODES:-3}
keep=${1:+yes}
dir=${1:-$(mktemp -d /tmp/opencode-actors.XXXXXX)}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
export OPENCODE_CLUSTER_SECRET=${OPENCODE_CLUSTER_SECRET:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')}
# Each in a session of its own: a Ctrl-C reaches this script alone, which then stops them in order.
pids=()

finish() {
  trap - EXIT INT TERM
  say "stopping"
  for ((i = ${#pids[@]} - 1; i > 0; i--)); do kill -TERM "${pids[i]}" 2> /dev/null || true; done
  for ((i = ${#pids[@]} - 1; i > 0; i--)); do wait "${pids[i]}" 2> /dev/null || true; done
  [ ${#pids[@]} = 0 ] || { kill -INT "${pids[0]}" 2> /dev/null || true; wait "${pids[0]}" 2> /dev/null || true; }
  [ -n "$keep" ] || rm -rf "$dir"
}
trap finish EXIT
trap 'exit 0' INT TERM

cd "$root"
needed_package nginx nginx
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2> /dev/null)" ] || needed_package initdb postgresql
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
build_release

# PostgreSQL does not run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  mkdir -p "$dir/database" && chown postgres "$dir" "$dir/database"
  chmod a+x "$dir" # nginx's workers keep large prompts in its folder until they are answered
fi
if [ ! -e "$dir/database/PG_VERSION" ]; then
  "${as_owner[@]}" "$bin/initdb" -D "$dir/database" -A trust -U postgres -E UTF8 --no-instructions > "$dir/initdb.log"
fi
setsid "${as_owner[@]}" "$bin/postgres" -D "$dir/database" -c listen_addresses=127.0.0.1 -c port="$DATABASE_PORT" -c unix_socket_directories= > "$dir/postgres.log" 2>&1 < /dev/null &
pids+=($!)
for ((i = 0; i < 100; i++)); do "$bin/pg_isready" -q -h 127.0.0.1 -p "$DATABASE_PORT" && break; sleep 0.1; done
"$bin/psql" -qAt -h 127.0.0.1 -p "$DATABASE_PORT" -U postgres -c "SELECT 1 FROM pg_database WHERE datname = 'opencode'" | grep -q 1 ||
  "$bin/psql" -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$DATABASE_PORT" -U postgres -f cluster-config/init.sql
database="Host=127.0.0.1;Port=$DATABASE_PORT;Database=opencode;Username=opencode"

mkdir -p "$dir/nginx"
cp cluster-config/nginx.conf "$dir/nginx/"
echo "listen 127.0.0.1:$PORT;" > "$dir/nginx/listen.conf"
{
  echo "upstream nodes {"
  echo "  zone nodes 64k;"
  for ((n = 1; n <= NODES; n++)); do echo "  server 127.0.0.1:$((NODE_PORT + n - 1)) max_fails=1 fail_timeout=2s;"; done
  echo "}"
  for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $dir/nginx/$kind;"; done
} > "$dir/nginx/nodes.conf"

for ((n = 1; n <= NODES; n++)); do
  port=$((NODE_PORT + n - 1))
  setsid dotnet src/OpenCode.Actors.Server/bin/Release/net10.0/opencode-actors.dll serve --port "$port" --cluster "$database" --node "node$n" \
    --advertise "http://127.0.0.1:$port" > "$dir/node$n.out" 2> "$dir/node$n.log" < /dev/null &
  pids+=($!)
done
for ((n = 1; n <= NODES; n++)); do
  until grep -q listening "$dir/node$n.out"; do
    kill -0 "${pids[n]}" 2> /dev/null || { say "node$n did not start: $(tail -n 3 "$dir/node$n.log")" >&2; exit 1; }
    sleep 0.1
  done
done
PATH="$PATH:/usr/sbin" setsid nginx -p "$dir/nginx" -c "$dir/nginx/nginx.conf" -e "$dir/nginx/error.log" -g "daemon off; pid $dir/nginx/nginx.pid;" < /dev/null &
pids+=($!)

cat << END
== the cluster is at http://127.0.0.1:$PORT ($NODES nodes from port $NODE_PORT on), for example
   npx opencode-ai@1.18.33 run --attach http://127.0.0.1:$PORT "hello"
   curl -N http://127.0.0.1:$PORT/event
== watch it
   dotnet src/OpenCode.Actors.Server/bin/Release/net10.0/opencode-actors.dll cluster status --cluster "$database"
   tail -f $dir/node*.log
   curl http://127.0.0.1:$NODE_PORT/metrics
== hurt it: the processes are PostgreSQL ${pids[0]}, nodes ${pids[@]:1:$NODES}, nginx ${pids[-1]}. Ctrl-C ends all of it.
END
wait "${pids[0]}"
