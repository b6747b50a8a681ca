using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Sqlite.Doors;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>The batches of a single server, in <c>hub.db</c> of its data folder. Appends and retention have a connection and a thread; each recovery and each other read has its own.</summary>
internal sealed partial class SqliteBatchStore : IBatchStore
{
    // An older generation answers as one whose tail is all lost: a gap, not a wrong resume.
    private const int KeptGenerations = 1000;

    private readonly DataFolder _folder;
    private readonly HubFile _file;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _entropy;
    private readonly ILogger _logger;
    private readonly StoreThread _writer = new("hub-write", continuesHere: true);
    private readonly SqliteReads _recoveries;
    private readonly SqliteReads _readings;
    private readonly BootCheck _bootCheck;
    private SqliteConnection? _connection;
    private SqliteTransactions? _transactions;
    private SqliteAppend? _append;
    private OpenLog? _log;
    private SqliteCheckpoints? _checkpoints;
    private SqliteHead _head = new(0, 0, 0);
    private long _floor;
    private long _number;
    private StoreCommit _last;
    private Timeline? _timeline;
    private volatile StoreBrokenException? _damage;

    /// <summary>Initializes a new instance of the <see cref="SqliteBatchStore"/> class.</summary>
    /// <param name="folder">The folder, held; free again when this is disposed.</param>
    /// <param name="file">The file in it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="entropy">Gives the id of a new log.</param>
    /// <param name="logger">Logs checks of the file.</param>
    public SqliteBatchStore(DataFolder folder, HubFile file, TimeProvider time, Func<ulong> entropy, ILogger logger)
    {
        (_folder, _file, _time, _entropy, _logger) = (folder, file, time, entropy, logger);
        (_recoveries, _readings, _bootCheck) = (new(file, "hub-load"), new(file, "hub-read"), new(file, time, logger));
    }

    public string Place => $"'{_folder.Path}'";

    public bool IsSingleThreaded => false;

    public bool IsShared => false;

    private long Generation => _timeline!.Current;

    public async ValueTask<StoreLife> OpenAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(() =>
        {
            _connection = _file.OpenWriter();
            if (FileControl.RestrictToOwner(_file.Path) is { } reason)
                LogOpenToOthers(_logger, _file.Path, reason);
            _transactions = new(_connection);
            _append = new(_connection, _transactions);
            _checkpoints = new(_connection, _transactions);
            _timeline = SqliteTimeline.Begin(_connection, _transactions, _time.GetUtcNow(), _entropy, KeptGenerations);
            _head = SqliteHead.Read(_connection);
            _log = OpenLog.Of(_connection);
            _floor = _connection.Number("SELECT floor FROM log_floor");
            return true;
        }).ConfigureAwait(false);
        await _recoveries.OpenAsync().ConfigureAwait(false);
        await _readings.OpenAsync().ConfigureAwait(false);
        _bootCheck.Start(
            isNew: _head.Position == 0,
            () => WriteAsync(() => SqliteTimeline.Boot(_connection!)),
            boot => WriteAsync(() => _transactions!.Run(isDurable: false, () => SqliteTimeline.NoteBoot(_connection!, Generation, boot))));
        return new(_timeline!, new(_head.Position, _floor, Generation), null);
    }

    // Rule "One holder": a generation that this process did not begin is never adopted.
    public ValueTask<StoreLife> ReadLifeAsync(StoredBatch? last, CancellationToken cancellationToken) => throw new StoreTakenException(_file.Path);

    public ValueTask<StoreAppended?> AppendAsync(StoreBatch batch, StoredBatch? last, CancellationToken cancellationToken) => WriteAsync(() =>
    {
        if (_checkpoints!.IsCramped && !_checkpoints.Run())
            throw SqliteFaults.Full(_file.Path);

        var at = SqliteTime.Write(_time.GetUtcNow());
        if (_append!.Run(batch, _head, at) is not { } head)
            throw Taken();

        _last = new(_head.Position + 1, SqliteTime.Read(at));
        (_head, _number) = (head, batch.Number);
        return (StoreAppended?)new StoreAppended(_last, []);
    });

    public ValueTask<StoreLook> LookAsync(IReadOnlyList<Fence> fences, CancellationToken cancellationToken) => new(new StoreLook(_number, _last, Generation, []));

    public ValueTask<StoreEnds> ReadEndsAsync(CancellationToken cancellationToken) => WriteAsync(() =>
    {
        if ((_damage ?? _bootCheck.Damage) is { } damage)
            throw damage;

        FileControl.CheckInPlace(_connection!, _file.Path);
        _log!.CheckInPlace();
        if (_connection!.Number(SqliteTimeline.CurrentGeneration) != Generation)
            throw Taken();

        return new StoreEnds(_head.Position, _floor, Generation);
    });

    public ValueTask<StorePage> ReadAsync(long after, int pageBytes, CancellationToken cancellationToken) => _readings.PageAsync(after, pageBytes, _time.GetUtcNow());

    public ValueTask<StorePage> ReadBehindAsync(long after, int pageBytes, CancellationToken cancellationToken) => ReadAsync(after, pageBytes, cancellationToken);

    public ValueTask<IReadOnlyList<StateRow>> LoadAsync(string owner, CancellationToken cancellationToken) => _recoveries.OwnerAsync(owner);

    public ValueTask<IReadOnlyList<StateRow>> ListAsync(string kind, CancellationToken cancellationToken) => _readings.KindAsync(kind);

    public ValueTask<IStoreHints> ListenAsync(CancellationToken cancellationToken) => throw new NotSupportedException("No other process appends to this store.");

    public async ValueTask TrimAsync(JournalOptions retention, CancellationToken cancellationToken)
    {
        await ReserveAsync().ConfigureAwait(false);
        while (!cancellationToken.IsCancellationRequested && await WriteAsync(() => TrimStep(retention)).ConfigureAwait(false))
        {
            // Appends come between the steps.
        }

        while (!cancellationToken.IsCancellationRequested && await WriteAsync(ShrinkStep).ConfigureAwait(false))
        {
        }
    }

    public ValueTask BeginGenerationAsync(long expected, CancellationToken cancellationToken) => default;

    public ValueTask<bool> BeginGenerationAsync(long expected, long beyond, CancellationToken cancellationToken) => new(false);

    public async ValueTask DisposeAsync()
    {
        await _bootCheck.DisposeAsync().ConfigureAwait(false);
        await _recoveries.DisposeAsync().ConfigureAwait(false);
        await _readings.DisposeAsync().ConfigureAwait(false);

        // The last connection: its end checkpoints, and removes -wal and -shm.
        await _writer.EndAsync(() =>
        {
            _append?.Dispose();
            _transactions?.Dispose();
            _checkpoints?.Dispose();
            _connection?.Dispose();
        }).ConfigureAwait(false);
        _folder.Dispose();
    }

    // Rule "One holder": the other process may have the file open without a lock that this one would see. So the end of this connection leaves the log alone.
    private StoreTakenException Taken()
    {
        _ = raw.sqlite3_db_config(_connection!.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        return new StoreTakenException(_file.Path);
    }

    private bool TrimStep(JournalOptions retention)
    {
        if (SqliteRetention.Find(_connection!, retention, _head, _time.GetUtcNow()) is not { } last)
            return false;

        _floor = _transactions!.Run(isDurable: false, () => SqliteRetention.Remove(_connection!, Generation, last)) ?? throw Taken();
        return true;
    }

    private bool ShrinkStep()
    {
        var isMore = _transactions!.Run(isDurable: false, () => SqliteRetention.Shrink(_connection!, Generation, all: _checkpoints!.IsCramped)) ?? throw Taken();
        if (_checkpoints!.IsCramped)
            _checkpoints.Run();

        return isMore;
    }

    // Where there is no room for it now, there may be later.
    private async Task ReserveAsync()
    {
        try
        {
            await WriteAsync(() => _checkpoints!.Reserve()).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            LogNotReserved(_logger, _file.Path, e);
        }
    }

    // Behind the answer of the work that made it due, and before the next one.
    private async Task CheckpointAsync()
    {
        try
        {
            await _writer.RunAsync(() => _checkpoints!.Run()).ConfigureAwait(false);
        }
        catch (SqliteException e) when (SqliteFaults.Translate(e, _file.Path) is StoreBrokenException broken)
        {
            _damage ??= broken;
        }
        catch (Exception e) when (e is SqliteException or ObjectDisposedException)
        {
            // Tried again, or closing.
        }
    }

    private async ValueTask<T> WriteAsync<T>(Func<T> work)
    {
        try
        {
            return await _writer.RunAsync(() => Write(work)).ConfigureAwait(false);
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Translate(e, _file.Path);
        }
    }

    private T Write<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e) when (_connection is not null && FileControl.IsFull(_connection, e.SqliteExtendedErrorCode))
        {
            _checkpoints?.Cramped();
            throw SqliteFaults.Full(_file.Path, e);
        }
        finally
        {
            if (_checkpoints is not null && _checkpoints.IsDue())
                _ = CheckpointAsync();
        }
    }

    [LoggerMessage(EventId = 3053, Level = LogLevel.Warning, Message = "Other users of this machine may read '{File}' or its log, and that cannot be changed ({Reason}). Its owner can: chmod 600.")]
    private static partial void LogOpenToOthers(ILogger logger, string file, string reason);

    [LoggerMessage(EventId = 3052, Level = LogLevel.Warning, Message = "The log of '{File}' could not be given room for a full disk; it is tried again with the next retention.")]
    private static partial void LogNotReserved(ILogger logger, string file, Exception cause);
}
