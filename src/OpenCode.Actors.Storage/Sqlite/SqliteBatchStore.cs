using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Storage.Sqlite.Doors;

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
    private readonly StoreThread _writes = new("hub-write", answersInline: true);
    private readonly StoreThread _loads = new("hub-load", answersInline: false);
    private readonly StoreThread _check = new("hub-check", answersInline: false);
    private readonly StoreThread _readings = new("hub-read", answersInline: false);
    private SqliteConnection? _connection;
    private SqliteAppend? _append;
    private OpenLog? _log;
    private SqliteCheckpoints? _checkpoints;
    private SqliteReads? _load;
    private SqliteReads? _read;
    private SqliteHead _head = new(0, 0, 0);
    private long _floor;
    private long _number;
    private StoreCommit _last;
    private Timeline? _timeline;
    private Task _lookingOver = Task.CompletedTask;
    private volatile StoreBrokenException? _damage;
    private volatile bool _isClosing;

    /// <summary>Initializes a new instance of the <see cref="SqliteBatchStore"/> class.</summary>
    /// <param name="folder">The folder, held; free again when this is disposed.</param>
    /// <param name="file">The file in it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="entropy">Gives the id of a new log.</param>
    /// <param name="logger">Is told when the file is looked over.</param>
    public SqliteBatchStore(DataFolder folder, HubFile file, TimeProvider time, Func<ulong> entropy, ILogger logger) =>
        (_folder, _file, _time, _entropy, _logger) = (folder, file, time, entropy, logger);

    public bool AnswersInline => false;

    public bool IsShared => false;

    private long Generation => _timeline!.Current;

    public async ValueTask<StoreLife> OpenAsync(CancellationToken cancellationToken)
    {
        await _writes.RunAsync(() =>
        {
            _connection = _file.OpenWriter();
            _append = new(_connection);
            _checkpoints = new(_connection);
            _timeline = SqliteTimeline.Begin(_connection, _append, _time.GetUtcNow(), _entropy, KeptGenerations);
            _head = SqliteHead.Read(_connection);
            _log = OpenLog.Of(_connection);
            _floor = HubFile.Number(_connection, "SELECT floor FROM log_floor");
            return true;
        }).ConfigureAwait(false);
        _load = await _loads.RunAsync(() => new SqliteReads(_file.OpenReader())).ConfigureAwait(false);
        _read = await _readings.RunAsync(() => new SqliteReads(_file.OpenReader())).ConfigureAwait(false);
        _lookingOver = LookOverAfterBootAsync();
        return new(_timeline!, new(_head.Position, _floor, Generation), null);
    }

    // one-holder: a generation that this process did not begin is never adopted.
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
        if (_damage is { } damage)
            throw damage;

        FileControl.CheckInPlace(_connection!, _file.Path);
        _log!.CheckInPlace();
        if (HubFile.Number(_connection!, SqliteTimeline.CurrentGeneration) != Generation)
            throw Taken();

        return new StoreEnds(_head.Position, _floor, Generation);
    });

    public ValueTask<StorePage> ReadAsync(long after, int pageBytes, CancellationToken cancellationToken) => ReadBehindAsync(after, pageBytes, cancellationToken);

    public ValueTask<StorePage> ReadBehindAsync(long after, int pageBytes, CancellationToken cancellationToken) =>
        RunAsync(_readings, () => _read!.Page(after, pageBytes, _time.GetUtcNow()));

    public ValueTask<IReadOnlyList<StateRow>> LoadAsync(string owner, CancellationToken cancellationToken) => RunAsync(_loads, () => _load!.Owner(owner));

    public ValueTask<IReadOnlyList<StateRow>> ListAsync(string kind, CancellationToken cancellationToken) => RunAsync(_readings, () => _read!.Kind(kind));

    public ValueTask<IStoreHints> ListenAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Nobody else appends to this store.");

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
        _isClosing = true;
        await _lookingOver.ConfigureAwait(false);
        await _check.EndAsync(static () => { }).ConfigureAwait(false);
        await _loads.EndAsync(() => _load?.Dispose()).ConfigureAwait(false);
        await _readings.EndAsync(() => _read?.Dispose()).ConfigureAwait(false);

        // The last connection: its end checkpoints, and removes -wal and -shm.
        await _writes.EndAsync(() =>
        {
            _append?.Dispose();
            _checkpoints?.Dispose();
            _connection?.Dispose();
        }).ConfigureAwait(false);
        _folder.Dispose();
    }

    // one-holder: the other process may have the file open without a lock that this one would see. So the end of this connection leaves the log alone.
    private StoreTakenException Taken()
    {
        _ = SQLitePCL.raw.sqlite3_db_config(_connection!.Handle, SQLitePCL.raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        return new StoreTakenException(_file.Path);
    }

    private bool TrimStep(JournalOptions retention)
    {
        if (SqliteRetention.Find(_connection!, retention, _head, _time.GetUtcNow()) is not { } last)
            return false;

        _floor = _append!.RunVolatile(() => SqliteRetention.Remove(_connection!, Generation, last)) ?? throw Taken();
        return true;
    }

    private bool ShrinkStep()
    {
        var isMore = _append!.RunVolatile(() => SqliteRetention.Shrink(_connection!, Generation, all: _checkpoints!.IsCramped)) ?? throw Taken();
        if (_checkpoints!.IsCramped)
            _checkpoints.Run();

        return isMore;
    }

    // Where there is no room for it now, there may be later.
    private async Task ReserveAsync()
    {
        try
        {
            await WriteAsync(() => _checkpoints!.Reserve(_append!)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            LogNotReserved(_logger, _file.Path, e);
        }
    }

    private ValueTask<T> WriteAsync<T>(Func<T> work) => RunAsync(_writes, () =>
    {
        try
        {
            return work();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL)
        {
            _checkpoints?.Cramped();
            throw;
        }
        finally
        {
            if (_checkpoints is not null && _checkpoints.IsDue())
                _ = CheckpointAsync();
        }
    });

    // Behind the answer of the work that made it due, and before the next one.
    private async Task CheckpointAsync()
    {
        try
        {
            await _writes.RunAsync(() => _checkpoints!.Run()).ConfigureAwait(false);
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

    private async ValueTask<T> RunAsync<T>(StoreThread thread, Func<T> work)
    {
        try
        {
            return await thread.RunAsync(work).ConfigureAwait(false);
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Translate(e, _file.Path);
        }
    }

    // store-says-what-is-wrong: a death of the process cannot damage the file, an end of the machine may.
#pragma warning disable CA1031 // Said where it is caught.
    private async Task LookOverAfterBootAsync()
    {
        try
        {
            var boot = DataFolder.Boot();
            if (boot is null || boot == await WriteAsync(() => SqliteTimeline.Boot(_connection!)).ConfigureAwait(false))
                return;

            var started = _time.GetTimestamp();
            var isNew = _head.Position == 0;
            var fault = isNew ? null : await _check.RunAsync(QuickCheck).ConfigureAwait(false);
            if (_isClosing)
                return;

            if (fault is null)
            {
                await WriteAsync(() => _append!.RunVolatile(() => SqliteTimeline.NoteBoot(_connection!, Generation, boot))).ConfigureAwait(false);
                var took = _time.GetElapsedTime(started);
                if (!isNew)
                    LogLookedOver(_logger, _file.Path, took);
                return;
            }

            _damage = new(
                $"'{_file.Path}' is damaged, found after the machine was started anew: {fault}", "Restore it from a backup; 'check' tells what is wrong with it.", null);
        }
        catch (Exception e)
        {
            // An error of the disk is as bad as damage; and what nobody awaits must not fail.
            if (!_isClosing && e is SqliteException fault)
                _damage ??= SqliteFaults.Translate(fault, _file.Path) as StoreBrokenException;
            LogNotLookedOver(_logger, _file.Path, e);
        }
    }

#pragma warning restore CA1031

    // On a connection of its own: it reads the whole file. A closing server does not wait for it.
    private string? QuickCheck()
    {
        using var connection = _file.OpenReader();
        SQLitePCL.raw.sqlite3_progress_handler(connection.Handle, 1000, _ => _isClosing ? 1 : 0, null);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        return command.ExecuteScalar() is string result && result != "ok" ? result : null;
    }

    [LoggerMessage(EventId = 3050, Level = LogLevel.Information, Message = "The machine was started anew since the last look: '{File}' was looked over in {Took}, and is whole.")]
    private static partial void LogLookedOver(ILogger logger, string file, TimeSpan took);

    [LoggerMessage(EventId = 3052, Level = LogLevel.Warning, Message = "The log of '{File}' could not be given room for a full disk; it is tried again with the next retention.")]
    private static partial void LogNotReserved(ILogger logger, string file, Exception cause);

    [LoggerMessage(EventId = 3051, Level = LogLevel.Warning, Message = "'{File}' could not be looked over; it is tried again with the next start.")]
    private static partial void LogNotLookedOver(ILogger logger, string file, Exception cause);
}
