namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>
/// The statements of the arbiter. Each is a transaction of its own, sent at once: a frozen node holds no lock between two of them. All take their locks in the order
/// node by name and uid, then look or shard (rule "One lock order"), and none touches the head of the log.
/// </summary>
internal static class NodeSql
{
    /// <summary>Verdicts and claims do not wait for longer than this: the blocker is looked up then (rule "One lock order").</summary>
    public const string LockTimeout = "SET lock_timeout = '300ms'";

    /// <summary>A node that sends nothing for so long on the connection that holds its lock loses both.</summary>
    public const string IdleTimeout = "SET idle_session_timeout = '5s'";

    /// <summary>Of what a look writes nothing is needed after a crash.</summary>
    public const string NoSync = "SET synchronous_commit = off";

    /// <summary>$1 name, $2 uid: takes the lock of a node for as long as the connection lives.</summary>
    public const string TryLockNode = $"SELECT pg_try_advisory_lock({OwnKey})";

    /// <summary>Takes the turn to join for as long as the connection lives. 'ocjn' in ASCII.</summary>
    public const string LockTurn = $"SELECT pg_advisory_lock({TurnClass}, hashtext(current_schema()))";

    public const string UnlockTurn = $"SELECT pg_advisory_unlock({TurnClass}, hashtext(current_schema()))";

    /// <summary>Ends the connection of a joiner that has the turn and has said nothing for 5 s, also where it is in the middle of a statement: to the server it is not idle then.</summary>
    public const string EndSilentTurn =
        $"""
        SELECT pg_terminate_backend(a.pid)
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.classid = {TurnClass} AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND a.application_name LIKE 'oc/%' AND a.usename = current_user AND a.wait_event = 'ClientRead' AND a.state_change < clock_timestamp() - interval '5 seconds'
        """;

    public const string Location = "SELECT value FROM setting WHERE key = 'default_location'";

    /// <summary>All that are not dead, with whether their lock is held. A key of 64 bits is in pg_locks as two halves.</summary>
    public const string Living =
        $"""
        SELECT {Columns}, EXISTS (
          SELECT FROM pg_locks l
          WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND ((l.classid::bigint << 32) | l.objid::bigint) = {RowKey})
        FROM {Nodes} WHERE n.status <> 'dead' ORDER BY {Order}
        """;

    /// <summary>
    /// $1 name, $2 uid, $3 address, $4 protocol, $5 version, $6 location, $7 tag of the joiner; $8 names and $9 uids of rows that are dead; $10 names and $11 uids of rows that are
    /// dead if their locks are free, which this holds meanwhile. First column: whether they were; if not, nothing was done. Second: whether the joiner has its row.
    /// </summary>
    public const string Enter =
        $"""
        WITH free AS MATERIALIZED (
          SELECT coalesce(bool_and(pg_try_advisory_xact_lock({GoneKey})), true) AS yes FROM unnest($10::text[], $11::bigint[]) AS g (name, uid)
        ), dying AS MATERIALIZED (
          SELECT n.name, n.uid FROM node n
          WHERE (SELECT yes FROM free) AND n.status <> 'dead'
            AND (n.name, n.uid) IN (SELECT * FROM unnest($8::text[] || $10::text[], $9::bigint[] || $11::bigint[]))
          ORDER BY {Order} FOR UPDATE
        ), died AS (
          UPDATE node n SET status = 'dead' FROM dying d WHERE n.name = d.name AND n.uid = d.uid
        ), located AS (
          INSERT INTO setting (key, value) SELECT 'default_location', $6 FROM free WHERE yes ON CONFLICT (key) DO NOTHING
        ), entered AS (
          INSERT INTO node (name, uid, address, status, protocol, version, location, tag) SELECT $1, $2, $3, 'joining', $4, $5, $6, $7 FROM free WHERE yes
          ON CONFLICT (name, uid) DO UPDATE SET joined = clock_timestamp() WHERE node.status = 'joining'
          RETURNING name, uid
        ), looking AS (
          INSERT INTO look (name, uid) SELECT name, uid FROM entered ON CONFLICT (name, uid) DO UPDATE SET at = clock_timestamp()
        )
        SELECT yes, EXISTS (SELECT FROM entered) FROM free
        """;

    /// <summary>$1 address, $2 name, $3 uid of the process that has the address now.</summary>
    public const string RetireAddress = "UPDATE node SET status = 'dead' WHERE address = $1 AND status <> 'dead' AND NOT (name = $2 AND uid = $3)";

    /// <summary>$1 name. Dead rows have said what they had to: a row that is gone is dead.</summary>
    public const string Forget =
        """
        DELETE FROM node WHERE (name, uid) IN (
          SELECT name, uid FROM node WHERE status = 'dead' AND (name = $1 OR joined < clock_timestamp() - interval '1 day') FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>$1 name, $2 uid.</summary>
    public const string Up = "UPDATE node SET status = 'up' WHERE name = $1 AND uid = $2 AND status = 'joining'";

    public const string Status = "SELECT status FROM node WHERE name = $1 AND uid = $2";

    /// <summary>
    /// $1 name, $2 uid, $3 how far this node has read the log. A row more than there are nodes only where none lives. That another connection holds the row of the own looks, to judge, does
    /// not make a look wait: nothing is noted then, and the last column says so.
    /// </summary>
    public const string Look =
        $"""
        WITH own AS MATERIALIZED (
          SELECT name, uid FROM {Nodes} WHERE name = $1 AND uid = $2 AND n.status <> 'dead' FOR NO KEY UPDATE OF l SKIP LOCKED
        ), noted AS (
          UPDATE look l SET at = clock_timestamp(), behind = greatest(0, h.pos - $3::bigint) FROM own, log_head h WHERE l.name = own.name AND l.uid = own.uid
        )
        SELECT {Columns}, c.version, greatest(0, h.pos - $3::bigint), EXISTS (SELECT FROM own)
        FROM config c CROSS JOIN log_head h LEFT JOIN ({Nodes}) ON n.status <> 'dead' ORDER BY {Order}
        """;

    /// <summary>
    /// $1 name, $2 uid of this node, $3 name, $4 uid of the other, $5 when the other must have looked last, null for any time: the verdict (rule "The database decides who is dead"). Holds both rows, in their order;
    /// the second one finds what the first one wrote. Back come both as they were, null for one that is not there, the tag of the other, and whether it has died by this.
    /// </summary>
    public const string DeclareDead =
        $"""
        WITH locked AS MATERIALIZED (
          SELECT n.name, n.uid, n.status, n.tag FROM node n WHERE (n.name = $1 AND n.uid = $2) OR (n.name = $3 AND n.uid = $4) ORDER BY {Order} FOR UPDATE
        ), mine AS (
          SELECT status FROM locked WHERE name = $1 AND uid = $2
        ), other AS (
          SELECT name, uid, status, tag FROM locked WHERE name = $3 AND uid = $4
        ), looked AS MATERIALIZED (
          SELECT at FROM look WHERE name = $3 AND uid = $4 AND $5::timestamptz IS NOT NULL AND (SELECT count(*) FROM locked) > 0 FOR UPDATE
        ), died AS (
          UPDATE node n SET status = 'dead' FROM other o
          WHERE n.name = o.name AND n.uid = o.uid AND o.status <> 'dead' AND (SELECT status FROM mine) = 'up'
            AND ($5::timestamptz IS NULL OR (SELECT at FROM looked) = $5::timestamptz)
          RETURNING 1
        )
        SELECT (SELECT status FROM mine), (SELECT status FROM other), (SELECT tag FROM other), EXISTS (SELECT FROM died)
        """;

    /// <summary>$1 name, $2 uid, $3 address, $4 shard (its column is <c>part</c>). The status keeps a zombie from claiming, read under a lock that no verdict passes.</summary>
    public const string Claim =
        """
        WITH me AS MATERIALIZED (
          SELECT status FROM node WHERE name = $1 AND uid = $2 FOR SHARE
        ), claimed AS (
          UPDATE shard SET token = token + 1, owner = $1, uid = $2, address = $3 WHERE part = $4 AND (SELECT status FROM me) = 'up' RETURNING token
        )
        SELECT (SELECT status FROM me), (SELECT token FROM claimed)
        """;

    public const string Shards = "SELECT part, owner, uid, address, token FROM shard ORDER BY part";

    /// <summary>$1 name, $2 uid.</summary>
    public const string Leave = "UPDATE node SET status = 'dead' WHERE name = $1 AND uid = $2 AND status <> 'dead'";

    /// <summary>
    /// Ends connections of nodes that are frozen inside a statement or a transaction and hold rows that claims and verdicts need. No time limit of the server ends those, which do
    /// not count as idle.
    /// </summary>
    public const string EndBlockers =
        """
        SELECT a.application_name, pg_terminate_backend(a.pid)
        FROM pg_stat_activity a
        WHERE a.application_name LIKE 'oc/%' AND a.usename = current_user AND a.datname = current_database() AND a.pid <> pg_backend_pid()
          AND a.wait_event = 'ClientRead' AND a.state <> 'idle' AND a.state_change < clock_timestamp() - interval '250 milliseconds'
          AND EXISTS (
            SELECT FROM pg_locks l
            WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.relation IN ('node'::regclass, 'look'::regclass, 'shard'::regclass) AND l.mode IN ('RowShareLock', 'RowExclusiveLock'))
        """;

    /// <summary>$1 application_names. What a dead node has under way is rolled back; backends of other roles are not ours, and those of this process are not dead.</summary>
    public const string EndConnections =
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name = ANY ($1) AND application_name <> current_setting('application_name') AND usename = current_user AND datname = current_database()
        """;

    // The key of a node's lock: one of 64 bits, a hash of schema, name and uid.
    private const string OwnKey = "hashtextextended(current_schema() || '/' || $1 || '/' || $2, 0)";

    private const string RowKey = "hashtextextended(current_schema() || '/' || n.name || '/' || n.uid, 0)";

    private const string GoneKey = "hashtextextended(current_schema() || '/' || g.name || '/' || g.uid, 0)";

    private const string TurnClass = "1868786286";

    private const string Columns = "n.name, n.uid, n.address, n.status, n.protocol, n.version, n.location, n.tag, l.behind, l.at";

    private const string Nodes = "node n JOIN look l USING (name, uid)";

    private const string Order = "n.name COLLATE \"C\", n.uid";
}
