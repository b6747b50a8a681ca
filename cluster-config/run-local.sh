#!/usr/bin/env bash
# A cluster on this machine without Docker: PostgreSQL, 3 nodes and nginx, all on loopback. Ctrl-C ends all of it.
#   cluster-config/run-local.sh [DIR]
# DIR keeps the database and the logs (without it: a new folder below /tmp, removed at the end). NODES=N starts another number of nodes.
# Ports are the first free ones from $PORT (nginx, 4096), $NODE_PORT (clients of the nodes, 4101), $CLUSTER_PORT (between the nodes, 7101) and $DATABASE_PORT (25432) on.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tests/prepare.sh"
NODES=${NODES:-3}
keep=${1:+yes}
dir=${1:-$(mktemp -d /tmp/opencode-actors.XXXXXX)}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
export OPENCODE_CLUSTER_SECRET=${OPENCODE_CLUSTER_SECRET:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')}
(umask 077; echo "$OPENCODE_CLUSTER_SECRET" > "$dir/secret")
# Each process has a session of its own, and supervise ignores Ctrl-C: it reaches this script alone, which then stops them in order (nginx, the nodes, PostgreSQL).
pids=()

finish() {
  trap - EXIT INT TERM
  trap '' PIPE # Ctrl-C has ended what its output goes through.
  say "stopping" || true
  for ((i = ${#pids[@]} - 1; i > 0; i--)); do kill -TERM "${pids[i]}" 2> /dev/null || true; done
  for ((i = ${#pids[@]} - 1; i > 0; i--)); do wait "${pids[i]}" 2> /dev/null || true; done
  [ ${#pids[@]} = 0 ] || { kill -INT "${pids[0]}" 2> /dev/null || true; wait "${pids[0]}" 2> /dev/null || true; }
  [ -n "$keep" ] || rm -rf "$dir"
}
trap finish EXIT
trap 'exit 0' INT TERM

# free_ports COUNT FROM: the first COUNT ports from FROM on that refuse a connection.
free_ports() {
  local port=$2 found=()
  while [ ${#found[@]} -lt "$1" ]; do
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || found+=("$port")
    port=$((port + 1))
  done
  echo "${found[@]}"
}

# supervise FILES COMMAND…: runs a node, and again whenever it ends in another way than by a stop (0) or a mistake in its options (2), as a service manager does with
# restart=always: after exit code 6 (declared dead by the others), after kill -9, after a failover of the database. The pid of the node is in FILES.pid.
supervise() {
  local files=$1 node= stopping= ended
  shift
  trap '' INT
  trap 'stopping=yes; [ -z "$node" ] || kill -TERM "$node" 2> /dev/null || true' TERM
  while [ -z "$stopping" ]; do
    "$@" >> "$files.out" 2>> "$files.log" < /dev/null &
    node=$!
    echo "$node" > "$files.pid"
    while kill -0 "$node" 2> /dev/null; do wait "$node" && ended=0 || ended=$?; done
    [ "$ended" != 0 ] && [ "$ended" != 2 ] && [ -z "$stopping" ] || return "$ended"
    echo "run-local.sh: exit code $ended, starting again" >> "$files.log"
    sleep 0.5
  done
}

cd "$root"
needed_package nginx nginx-light
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2> /dev/null)" ] || needed_package initdb postgresql
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
build_release
read -r port <<< "$(free_ports 1 "${PORT:-4096}")"
read -ra node_ports <<< "$(free_ports "$NODES" "${NODE_PORT:-4101}")"
read -ra cluster_ports <<< "$(free_ports "$NODES" "${CLUSTER_PORT:-7101}")"
read -r database_port <<< "$(free_ports 1 "${DATABASE_PORT:-25432}")"

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
setsid "${as_owner[@]}" "$bin/postgres" -D "$dir/database" -c listen_addresses=127.0.0.1 -c port="$database_port" -c unix_socket_directories= > "$dir/postgres.log" 2>&1 < /dev/null &
pids+=($!)
for ((i = 0; i < 300; i++)); do "$bin/pg_isready" -q -h 127.0.0.1 -p "$database_port" && break; sleep 0.1; done
"$bin/psql" -qAt -h 127.0.0.1 -p "$database_port" -U postgres -c "SELECT 1 FROM pg_database WHERE datname = 'opencode'" | grep -q 1 ||
  "$bin/psql" -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$database_port" -U postgres -f src/OpenCode.Actors.Storage/Postgres/init.sql
database="Host=127.0.0.1;Port=$database_port;Database=opencode;Username=opencode"

upstream() {
  echo "upstream $1 {"
  echo "  zone $1 64k;"
  for one in "${node_ports[@]}"; do echo "  server 127.0.0.1:$one $2;"; done
  echo "}"
}
mkdir -p "$dir/nginx"
cp cluster-config/nginx.conf "$dir/nginx/"
echo "listen 127.0.0.1:$port;" > "$dir/nginx/listen.conf"
{
  upstream nodes "max_fails=1 fail_timeout=2s"
  upstream prompts "max_fails=0"
  for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path \"$dir/nginx/$kind\";"; done
} > "$dir/nginx/nodes.conf"

server=(dotnet "$root"/src/OpenCode.Actors.Server/bin/Release/net10.0/opencode-actors.dll)
for ((n = 0; n < NODES; n++)); do
  : > "$dir/node$((n + 1)).out"
  supervise "$dir/node$((n + 1))" setsid "${server[@]}" serve --port "${node_ports[n]}" --cluster "$database" --node "node$((n + 1))" \
    --advertise 127.0.0.1 --cluster-port "${cluster_ports[n]}" &
  pids+=($!)
done
for ((n = 1; n <= NODES; n++)); do
  until grep -q listening "$dir/node$n.out"; do
    kill -0 "${pids[n]}" 2> /dev/null || { say "node$n did not start: $(tail -n 3 "$dir/node$n.log")" >&2; exit 1; }
    sleep 0.1
  done
done
PATH="$PATH:/usr/sbin" setsid nginx -p "$dir/nginx" -c "$dir/nginx/nginx.conf" -e "$dir/nginx/error.log" -g "daemon off; pid \"$dir/nginx/nginx.pid\";" < /dev/null &
pids+=($!)

cat << END
== the cluster is at http://127.0.0.1:$port ($NODES nodes at ports ${node_ports[*]}), for example
   npx opencode-ai@1.18.33 run --attach http://127.0.0.1:$port "hello"
   curl -N http://127.0.0.1:$port/event
== watch it
   ${server[*]} cluster status --cluster "$database"
   tail -f $dir/node*.log
   curl http://127.0.0.1:${node_ports[0]}/metrics
== harm it: kill -9 \$(cat $dir/node1.pid), or kill -STOP. A node that was killed or declared dead is started again; one that was told to stop (kill) is not.
   A further node needs OPENCODE_CLUSTER_SECRET=\$(cat $dir/secret). PostgreSQL is ${pids[0]}, nginx ${pids[-1]}. Ctrl-C ends all of it.
END
wait "${pids[0]}"
