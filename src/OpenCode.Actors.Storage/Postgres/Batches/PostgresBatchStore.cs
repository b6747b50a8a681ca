using Microsoft.Extensions.Logging;
using Npgsql;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>The batches of a cluster in PostgreSQL. Appends, following, the rows of owners and other reading have a connection of their own each.</summary>
internal sealed partial class PostgresBatchStore : IBatchStore
{
    internal const int PageRows = 512;

    // Of batches of 1 MiB at most: each node has one under way, and a node that is further behind reads them in pages.
    private const string MaxBelow = "16";

    private const string Ends = "SELECT h.pos, f.floor, h.generation FROM log_head h, log_floor f";

    // From the batch that holds the offset on; sizes are summed without touching the bodies that are left out.
    internal const string Read =
        """
        SELECT first, count, generation, at, CASE WHEN first + count - 1 > $1 THEN body END, found, clock_timestamp()
        FROM (
          SELECT q.*, count(*) OVER () AS found, row_number() OVER w AS place, sum(octet_length(body)) OVER w - octet_length(body) AS before
          FROM (SELECT * FROM log_batch WHERE first >= coalesce((SELECT max(first) FROM log_batch WHERE first <= $1), 0) ORDER BY first LIMIT $3) q
          WINDOW w AS (ORDER BY first ROWS UNBOUNDED PRECEDING)) r
        WHERE before < $2 OR place <= 2
        ORDER BY first
        """;

    private const string Look =
        """
        SELECT w.seq, w.first, coalesce((SELECT at FROM log_batch b WHERE b.first = w.first), w.seen), h.generation,
          ARRAY (SELECT coalesce(s.token, -1) FROM unnest($2::int[]) WITH ORDINALITY f (part, place) LEFT JOIN shard s USING (part) ORDER BY place)
        FROM log_head h LEFT JOIN writer w ON w.id = $1
        """;

    // Follows an append that wrote: tells the others of it, and reads what they committed below it. Nothing waits for its commit: a hint that a crash loses is not needed after it.
    private const string Follow =
        $"""
        WITH own AS MATERIALIZED (
          SELECT first, set_config('synchronous_commit', 'off', true), CASE WHEN $3 > 0 THEN pg_notify('{PostgresHints.Channel}', (first + $3 - 1)::text) END
          FROM writer WHERE id = $1 AND seq = $2)
        SELECT b.first, b.count, b.generation, b.at, CASE WHEN b.first > $4 THEN b.body END
        FROM own LEFT JOIN log_batch b ON b.first >= $4 AND b.first < own.first
        ORDER BY b.first LIMIT {MaxBelow}
        """;

    private const string ReadLife =
        """
        SELECT h.pos, f.floor, h.generation, s.value, ARRAY (SELECT number FROM generation ORDER BY number), ARRAY (SELECT head_before FROM generation ORDER BY number),
          b.first, b.count, b.generation, b.at
        FROM log_head h CROSS JOIN log_floor f JOIN setting s ON s.key = 'timeline' LEFT JOIN log_batch b ON b.first = $1
        """;

    private const string BeginAtHead =
        $"""
        WITH begun AS (
          UPDATE log_head h SET generation = {Life.NextNumber}
          WHERE h.generation = $1 AND h.pos < $2 AND NOT EXISTS (SELECT FROM generation WHERE at > clock_timestamp() - interval '1 minute')
          RETURNING h.generation, h.pos)
        INSERT INTO generation (number, head_before) SELECT generation, pos FROM begun
        """;

    private const string Begin =
        $"""
        WITH begun AS (UPDATE log_head h SET generation = {Life.NextNumber} WHERE h.generation = $1 RETURNING h.generation)
        INSERT INTO generation (number, head_before) SELECT generation, 0 FROM begun
        """;

    // A dump of an hour keeps every version of the head row of that hour, and each append walks over them.
    private const string OldestSnapshot =
        """
        SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 FROM pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
        """;

    private const double OldSnapshotSeconds = 30;

    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PostgresMetrics? _metrics;
    private readonly string _writer;
    private readonly KeptConnection _append;
    private readonly KeptConnection _follow;
    private readonly KeptConnection _load;
    private readonly KeptConnection _read;
    private readonly Blockers _blockers;

    public PostgresBatchStore(PostgresDatabase database, TimeProvider time, ILogger logger, PostgresMetrics? metrics = null)
    {
        (_database, _time, _logger, _metrics) = (database, time, logger, metrics);
        _writer = database.Tag;
        (_append, _follow, _load, _read) = (new(database, time), new(database, time), new(database, time, isWaitedFor: true), new(database, time));
        _blockers = new(database, () => _append.ServerProcess, time, metrics, logger);
    }

    public string Place => "the database of the cluster";

    public bool IsSingleThreaded => false;

    public bool IsShared => true;

    public async ValueTask<StoreLife> OpenAsync(CancellationToken cancellationToken)
    {
        await _append.RunAsync("INSERT INTO writer (id, seq, first) VALUES ($1, 0, 0)", [Text(_writer)], NothingAsync, cancellationToken).ConfigureAwait(false);

        // Connected and prepared before the first owner is waited for.
        await LoadAsync("", cancellationToken).ConfigureAwait(false);
        return await ReadLifeAsync(null, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<StoreLife> ReadLifeAsync(StoredBatch? last, CancellationToken cancellationToken) =>
        _read.RunAsync(ReadLife, [Number(last?.First ?? 0)], FirstAsync(LifeOf), cancellationToken);

    public async ValueTask<StoreAppended?> AppendAsync(StoreBatch batch, StoredBatch? last, CancellationToken cancellationToken)
    {
        var append = AppendStatement.For(_writer, batch);
        var started = _time.GetTimestamp();
        _blockers.BeginWatch();
        try
        {
            return await _append.RunAsync([append, FollowStatement(_writer, batch, last?.First ?? 0)], AppendedAsync, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _blockers.EndWatch();
            _metrics?.Appended(_time.GetElapsedTime(started));
        }
    }

    public ValueTask<StoreLook> LookAsync(IReadOnlyList<Fence> fences, CancellationToken cancellationToken) => _append.RunAsync(
        Look,
        [Text(_writer), new NpgsqlParameter<int[]> { TypedValue = [.. fences.Select(f => f.Shard)] }],
        FirstAsync(row =>
        {
            var tokens = row.GetFieldValue<long[]>(4);
            var stale = fences.Where((f, i) => tokens[i] != f.Token).ToArray();
            return row.IsDBNull(0)
                ? new StoreLook(null, default, row.GetInt64(3), stale)
                : new StoreLook(row.GetInt64(0), new(row.GetInt64(1), Time(row, 2)), row.GetInt64(3), stale);
        }),
        cancellationToken);

    public ValueTask<StoreEnds> ReadEndsAsync(CancellationToken cancellationToken) =>
        _follow.RunAsync(Ends, [], FirstAsync(row => new StoreEnds(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))), cancellationToken);

    public ValueTask<StorePage> ReadAsync(long after, int pageBytes, CancellationToken cancellationToken) =>
        _follow.RunAsync(Read, [Number(after), Number(pageBytes), Number(PageRows)], PageAsync, cancellationToken);

    public ValueTask<StorePage> ReadBehindAsync(long after, int pageBytes, CancellationToken cancellationToken) =>
        _read.RunAsync(Read, [Number(after), Number(pageBytes), Number(PageRows)], PageAsync, cancellationToken);

    public async ValueTask<IReadOnlyList<StateRow>> LoadAsync(string owner, CancellationToken cancellationToken) =>
        await _load.RunAsync("SELECT kind, owner, key, body, pos FROM state WHERE owner = $1 ORDER BY born", [Text(owner)], AllAsync(StateRow), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<StateRow>> ListAsync(string kind, CancellationToken cancellationToken) =>
        await _read.RunAsync("SELECT kind, owner, key, body, pos FROM state WHERE kind = $1 ORDER BY born", [Text(kind)], AllAsync(StateRow), cancellationToken).ConfigureAwait(false);

    public ValueTask<IStoreHints> ListenAsync(CancellationToken cancellationToken) => PostgresHints.ListenAsync(_database, cancellationToken);

    public async ValueTask TrimAsync(JournalOptions retention, CancellationToken cancellationToken)
    {
        try
        {
            await StatementLimit.RunAsync(given => TrimNowAsync(retention, given), time: null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StoreFaults.IsKnown(e))
        {
            throw StoreFaults.Translate(e);
        }

        var seconds = await _read.RunAsync(OldestSnapshot, [], FirstAsync(row => row.GetDouble(0)), cancellationToken).ConfigureAwait(false);
        _metrics?.OldestSnapshot(seconds);
        if (seconds > OldSnapshotSeconds)
            LogOldSnapshot(_logger, seconds);
    }

    public async ValueTask BeginGenerationAsync(long expected, CancellationToken cancellationToken) =>
        await _append.RunAsync(Begin, [Number(expected)], NothingAsync, cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> BeginGenerationAsync(long expected, long beyond, CancellationToken cancellationToken) =>
        await _read.RunAsync(BeginAtHead, [Number(expected), Number(beyond)], NothingAsync, cancellationToken).ConfigureAwait(false) > 0;

    public async ValueTask DisposeAsync()
    {
        await _blockers.DisposeAsync().ConfigureAwait(false);
        await _append.DisposeAsync().ConfigureAwait(false);
        await _follow.DisposeAsync().ConfigureAwait(false);
        await _load.DisposeAsync().ConfigureAwait(false);
        await _read.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the statement that follows an append.</summary>
    internal static BoundStatement FollowStatement(string writer, StoreBatch batch, long from) =>
        new(Follow, [Text(writer), Number(batch.Number), new NpgsqlParameter<int> { TypedValue = batch.EntryCount }, Number(from)]);

    private async Task<bool> TrimNowAsync(JournalOptions retention, CancellationToken cancellationToken)
    {
        var connection = await _database.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            await Retention.RunAsync(connection, retention, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask<StoreAppended?> AppendedAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        if (!await row.ReadAsync(cancellationToken).ConfigureAwait(false))
            return null;

        var commit = new StoreCommit(row.GetInt64(0), Time(row, 1));
        try
        {
            var below = new List<StoredBatch>();
            await row.NextResultAsync(cancellationToken).ConfigureAwait(false);
            while (await row.ReadAsync(cancellationToken).ConfigureAwait(false) && !row.IsDBNull(0))
                below.Add(Batch(row));

            return new(commit, below);
        }
        catch (PostgresException e)
        {
            // A commit that fails says so after the row; but the statement after it may have failed as well. The same batch sent again finds out.
            throw new StoreAwayException(e.MessageText, e);
        }
    }

    private static async ValueTask<StorePage> PageAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        var batches = new List<StoredBatch>();
        var (found, now) = (0L, default(DateTimeOffset));
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            batches.Add(Batch(row));
            (found, now) = (row.GetInt64(5), Time(row, 6));
        }

        return new(batches, batches.Count == found && found < PageRows, now);
    }

    private static StoredBatch Batch(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), Time(row, 3), row.IsDBNull(4) ? default : row.GetFieldValue<byte[]>(4));

    private static StoreLife LifeOf(NpgsqlDataReader row)
    {
        var generations = row.GetFieldValue<long[]>(4).Zip(row.GetFieldValue<long[]>(5), static (number, head) => new Generation(number, head));
        return new(
            new(row.GetString(3), [.. generations]),
            new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
            row.IsDBNull(6) ? null : new(row.GetInt64(6), row.GetInt32(7), row.GetInt64(8), Time(row, 9), default));
    }

    private static StateRow StateRow(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetInt64(4));

    private static DateTimeOffset Time(NpgsqlDataReader row, int column) => new(row.GetDateTime(column), TimeSpan.Zero);

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> FirstAsync<T>(Func<NpgsqlDataReader, T> read) => async (row, cancellationToken) =>
    {
        await row.ReadAsync(cancellationToken).ConfigureAwait(false);
        return read(row);
    };

    private static Func<NpgsqlDataReader, CancellationToken, ValueTask<List<T>>> AllAsync<T>(Func<NpgsqlDataReader, T> read) => async (row, cancellationToken) =>
    {
        var all = new List<T>();
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
            all.Add(read(row));

        return all;
    };

    private static async ValueTask<int> NothingAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        await row.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return row.RecordsAffected;
    }

    [LoggerMessage(EventId = 3112, Level = LogLevel.Warning,
        Message = "A transaction is open in the database for {Seconds:0} s and keeps dead rows: appends become slower by it. A dump? Let it run on a standby, or end what is forgotten.")]
    private static partial void LogOldSnapshot(ILogger logger, double seconds);
}
