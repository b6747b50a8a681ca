namespace OpenCode.Actors.Postgres.Membership;

/// <summary>The statements of membership. All take their locks in the order node, shard by part (RULES E2), and none touches the head of the log.</summary>
internal static class MembershipSql
{
    /// <summary>$1 the key of an advisory lock, for as long as the connection lives. The key is a hash of schema, name and incarnation.</summary>
    public const string TryLock = "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '/' || $1 || '/' || $2, 0))";

    /// <summary>One at a time: what a join reads must still be so when it writes.</summary>
    public const string LockJoins = "SELECT pg_advisory_xact_lock(1869832812, hashtext(current_schema()))";

    /// <summary>$1 the default location of whoever is first.</summary>
    public const string NoteLocation = "INSERT INTO setting (key, value) VALUES ('default_location', $1) ON CONFLICT (key) DO NOTHING";

    public const string Settings = "SELECT (SELECT value FROM setting WHERE key = 'default_location'), (SELECT value::int FROM setting WHERE key = 'shards')";

    /// <summary>All that are not dead, with whether their lock is held. A key of 64 bits stands in pg_locks as two halves.</summary>
    public const string Living =
        """
        SELECT n.name, n.inc, n.status, n.beat, n.url, n.tag, n.protocol, l.pid IS NOT NULL
        FROM (SELECT *, hashtextextended(current_schema() || '/' || name || '/' || inc, 0) AS key FROM node WHERE status <> 'dead') n
        LEFT JOIN (
          SELECT DISTINCT ON (classid, objid) pid, ((classid::bigint << 32) | objid::bigint) AS key
          FROM pg_locks
          WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        ) l ON l.key = n.key
        ORDER BY n.name COLLATE "C", n.inc
        """;

    public const string Shards = "SELECT part, owner, COALESCE(inc, 0), token FROM shard ORDER BY part";

    /// <summary>What differs after a restart and after a failover. The system's own number is compared on each new connection, before it is given out.</summary>
    public const string Life = "SELECT pg_postmaster_start_time()::text || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

    /// <summary>$1 name, $2 url, $3 tag, $4 protocol, $5 version, $6 location.</summary>
    public const string Insert =
        """
        INSERT INTO node (name, inc, status, url, tag, protocol, version, location)
        SELECT $1, COALESCE(max(inc), 0) + 1, 'joining', $2, $3, $4, $5, $6 FROM node WHERE name = $1
        RETURNING inc
        """;

    /// <summary>$1 name, $2 incarnation. The rows of its former lives have said what they had to.</summary>
    public const string Up = "UPDATE node SET status = 'up' WHERE name = $1 AND inc = $2 AND status = 'joining'";

    public const string Forget = "DELETE FROM node WHERE name = $1 AND inc < $2 AND status = 'dead'";

    /// <summary>$1 name, $2 incarnation, $3 how far this node has read the log, or null. No row: declared dead. The head is looked at, not locked.</summary>
    public const string Renew = "UPDATE node SET beat = beat + 1, lag = (SELECT pos FROM log_head) - $3::bigint WHERE name = $1 AND inc = $2 AND status <> 'dead'";

    public const string Lags = "SELECT name, inc, lag FROM node WHERE status <> 'dead' AND lag IS NOT NULL";

    public const string BeginLeave = "UPDATE node SET status = 'leaving' WHERE name = $1 AND inc = $2 AND status <> 'dead'";

    /// <summary>$1 name, $2 incarnation, $3 beat: is what was seen of it still so?</summary>
    public const string IsStill = "SELECT EXISTS (SELECT FROM node WHERE name = $1 AND inc = $2 AND beat = $3 AND status <> 'dead')";

    /// <summary>
    /// $1 an application_name. A statement of a frozen process holds its locks for ever where it was sent by half, and no time limit of the server ends it. Backends of other
    /// roles are not ours.
    /// </summary>
    public const string Terminate =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()";

    /// <summary>$1 name, $2 incarnation, $3 beat. Whoever waits for the row finds its condition false afterwards: there is one taker, and a renewal that came first has won.</summary>
    public const string Die = "UPDATE node SET status = 'dead' WHERE name = $1 AND inc = $2 AND beat = $3 AND status <> 'dead'";

    /// <summary>$1 name, $2 incarnation.</summary>
    public const string DieByOwnWish = "UPDATE node SET status = 'dead' WHERE name = $1 AND inc = $2 AND status <> 'dead'";

    /// <summary>
    /// Gives each shard that no living member has to the members that are up: as many places as each has room above its load, the lowest first. A shard that somebody else has
    /// assigned meanwhile is found to have an owner when its lock is had, and left alone.
    /// </summary>
    public const string Assign =
        """
        WITH orphan AS MATERIALIZED (
          SELECT s.part, s.owner, s.inc FROM shard s
          WHERE NOT EXISTS (SELECT FROM node n WHERE n.name = s.owner AND n.inc = s.inc AND n.status <> 'dead')
          ORDER BY s.part FOR UPDATE OF s
        ), numbered AS (
          SELECT part, owner, inc, row_number() OVER (ORDER BY part) AS place FROM orphan
        ), load AS (
          SELECT n.name, n.inc, (SELECT count(*) FROM shard s WHERE s.owner = n.name AND s.inc = n.inc) AS shards FROM node n WHERE n.status = 'up'
        ), room AS (
          SELECT l.name, l.inc, row_number() OVER (ORDER BY l.shards + k, l.name COLLATE "C") AS place
          FROM load l CROSS JOIN generate_series(1, (SELECT count(*) FROM orphan)) k
        )
        UPDATE shard s SET owner = r.name, inc = r.inc, token = s.token + 1
        FROM numbered o JOIN room r USING (place)
        WHERE s.part = o.part AND s.owner IS NOT DISTINCT FROM o.owner AND s.inc IS NOT DISTINCT FROM o.inc
        RETURNING s.part, s.owner, s.inc, s.token
        """;

    /// <summary>$1 name, $2 incarnation, $3 parts, $4 tokens, $5 names and $6 incarnations of the targets, $7 up to where the log has all that was written to them. Told by the statement itself (<see cref="HintText"/>): the shards are out so long.</summary>
    public const string Give =
        """
        WITH wanted AS (
          SELECT * FROM unnest($3::int[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[]) AS w (part, token, target, target_inc, through)
        ), mine AS MATERIALIZED (
          SELECT s.part FROM shard s JOIN wanted w ON w.part = s.part AND w.token = s.token
          WHERE s.owner = $1 AND s.inc = $2 ORDER BY s.part FOR UPDATE OF s
        ), given AS (
          UPDATE shard s SET owner = w.target, inc = w.target_inc, token = s.token + 1
          FROM wanted w JOIN mine m ON m.part = w.part
          WHERE s.part = w.part AND s.token = w.token AND s.owner = $1 AND s.inc = $2
            AND EXISTS (SELECT FROM node n WHERE n.name = w.target AND n.inc = w.target_inc AND n.status = 'up')
          RETURNING s.part, s.token, s.inc, s.owner, w.through
        )
        SELECT part, (SELECT pg_notify('oc_cluster', string_agg(concat_ws(':', part, token, inc, owner, through), ' ')) FROM given) FROM given
        """;

    /// <summary>$1 what has changed.</summary>
    public const string Hint = "SELECT pg_notify('oc_cluster', $1)";

    public const string Listen = "LISTEN oc_cluster";
}
