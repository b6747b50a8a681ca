using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The way of one process to a <see cref="MemoryBatchDatabase"/>, with faults that a test decides. On virtual time everything happens on the thread that moves the clock.</summary>
/// <param name="database">The store.</param>
/// <param name="writer">The identity of the process.</param>
/// <param name="time">The clock of delays.</param>
internal sealed class MemoryBatchStore(MemoryBatchDatabase database, string writer, TimeProvider time) : IBatchStore
{
    // So few that a test reaches it.
    private const int MaxBelow = 4;

    private readonly Lock _gate = new();
    private readonly List<MemoryHints> _hints = [];
    private readonly List<TaskCompletionSource> _held = [];
    private bool _isFrozen;
    private StoreCall? _frozenCall;
    private int _connections;
    private int _life;

    /// <inheritdoc/>
    public string Place => "memory";

    public bool IsSingleThreaded => true;

    public bool IsShared => true;

    /// <summary>Gets or sets what goes wrong with the next call; asked once a call.</summary>
    public Func<StoreCall, StoreFault> Fault { get; set; } = static _ => StoreFault.None;

    /// <summary>Gets or sets how long a call takes, in both directions together.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Gets or sets how late a question arrives that arrives late.</summary>
    public TimeSpan Lateness { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets a value indicating whether a question that arrives late has arrived.</summary>
    public bool HasArrivedLate { get; private set; }

    /// <summary>Gets or sets the delay of a hint to this process; null if it is lost.</summary>
    public Func<TimeSpan?> HintDelay { get; set; } = static () => TimeSpan.Zero;

    /// <summary>Gets or sets a value indicating whether the way is cut: whatever is asked is not answered.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Gets a value indicating whether the process wants hints.</summary>
    public bool IsListening
    {
        get
        {
            lock (_gate)
                return _hints.Exists(static h => !h.IsPaused);
        }
    }

    /// <summary>Gets the calls so far.</summary>
    public List<StoreCall> Calls { get; } = [];

    /// <summary>Cuts the way for good, or lets calls pass again.</summary>
    public void Cut(bool isCut = true)
    {
        IsCut = isCut;
        if (isCut)
            CutConnections();
    }

    /// <summary>Holds requests and answers until they are released.</summary>
    /// <param name="only">The calls that are held; all when null.</param>
    public void Freeze(StoreCall? only = null)
    {
        lock (_gate)
            (_isFrozen, _frozenCall) = (true, only);
    }

    /// <summary>Gets a value indicating whether a call is held.</summary>
    public bool IsHolding
    {
        get
        {
            lock (_gate)
                return _held.Count > 0;
        }
    }

    public void Thaw()
    {
        TaskCompletionSource[] held;
        lock (_gate)
        {
            _isFrozen = false;
            held = [.. _held];
            _held.Clear();
        }

        Inlining.Run(() =>
        {
            foreach (var call in held)
                call.SetResult();
        });
    }

    /// <summary>Ends the connections there are: calls under way get no answer, hints end. New ones can be made.</summary>
    public void CutConnections()
    {
        MemoryHints[] cut;
        lock (_gate)
        {
            _connections++;
            cut = [.. _hints];
            _hints.Clear();
        }

        foreach (var hints in cut)
            hints.Cut();
    }

    public ValueTask<StoreLife> OpenAsync(CancellationToken cancellationToken)
    {
        _life = database.Life;
        return CallAsync(StoreCall.Open, contents =>
        {
            contents.Writers[writer] = default;
            return contents.Life(null);
        });
    }

    public ValueTask<StoreLife> ReadLifeAsync(StoredBatch? last, CancellationToken cancellationToken) => CallAsync(StoreCall.Life, contents => contents.Life(last));

    public async ValueTask<StoreAppended?> AppendAsync(StoreBatch batch, StoredBatch? last, CancellationToken cancellationToken)
    {
        var sent = batch with { Body = batch.Body.ToArray() };
        var appended = await CallAsync(StoreCall.Append, contents => contents.Append(writer, sent, database.Token, database.Bodies, database.UtcNow) is { } commit
            ? new StoreAppended(commit, contents.Between(last?.First ?? 0, commit.First, MaxBelow))
            : null).ConfigureAwait(false);
        if (appended is not null && batch.EntryCount > 0)
            database.Notify(appended.Commit.First + batch.EntryCount - 1);

        return appended;
    }

    public ValueTask<StoreLook> LookAsync(IReadOnlyList<Fence> fences, CancellationToken cancellationToken) => CallAsync(StoreCall.Look, contents =>
    {
        var known = contents.Writers.TryGetValue(writer, out var last);
        return new StoreLook(known ? last.Number : null, last.Last, contents.Ends.Generation, [.. fences.Where(f => database.Token(f.Shard) != f.Token)]);
    });

    public ValueTask<StoreEnds> ReadEndsAsync(CancellationToken cancellationToken) => CallAsync(StoreCall.Read, static contents => contents.Ends);

    public ValueTask<StorePage> ReadAsync(long after, int pageBytes, CancellationToken cancellationToken) =>
        CallAsync(StoreCall.Read, contents => contents.Page(after, pageBytes, database.UtcNow));

    public ValueTask<StorePage> ReadBehindAsync(long after, int pageBytes, CancellationToken cancellationToken) => ReadAsync(after, pageBytes, cancellationToken);

    public ValueTask<IReadOnlyList<StateRow>> LoadAsync(string owner, CancellationToken cancellationToken) => RowsAsync(row => row.Owner == owner);

    public ValueTask<IReadOnlyList<StateRow>> ListAsync(string kind, CancellationToken cancellationToken) => RowsAsync(row => row.Kind == kind);

    public ValueTask<IStoreHints> ListenAsync(CancellationToken cancellationToken) => CallAsync<IStoreHints>(StoreCall.Listen, _ =>
    {
        var hints = new MemoryHints(cancellationToken);
        lock (_gate)
            _hints.Add(hints);

        database.Join(this);
        return hints;
    });

    public async ValueTask TrimAsync(JournalOptions retention, CancellationToken cancellationToken) =>
        await CallAsync(StoreCall.Trim, contents => contents.Trim(retention, database.UtcNow)).ConfigureAwait(false);

    public async ValueTask BeginGenerationAsync(long expected, CancellationToken cancellationToken) =>
        await CallAsync(StoreCall.Open, contents => contents.BeginGeneration(expected, headBefore: 0, database.UtcNow)).ConfigureAwait(false);

    public ValueTask<bool> BeginGenerationAsync(long expected, long beyond, CancellationToken cancellationToken) =>
        CallAsync(StoreCall.Life, contents => contents.BeginGenerationAtHead(expected, beyond, database.UtcNow));

    public ValueTask DisposeAsync()
    {
        database.Leave(this);
        CutConnections();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes a hint, as lost, late or merged as the test wants it.</summary>
    public void Hinted(long head)
    {
        if (IsCut || HintDelay() is not { } delay)
            return;

        if (delay == TimeSpan.Zero)
            Deliver(head);
        else
            _ = DeliverLaterAsync(head, delay);
    }

    private async Task DeliverLaterAsync(long head, TimeSpan delay)
    {
        await Task.Delay(delay, time).ConfigureAwait(false);
        Deliver(head);
    }

    private void Deliver(long head)
    {
        MemoryHints[] listening;
        lock (_gate)
            listening = [.. _hints];

        foreach (var hints in listening)
            hints.Deliver(head);
    }

    private ValueTask<IReadOnlyList<StateRow>> RowsAsync(Func<StateRow, bool> wanted) => CallAsync(StoreCall.Rows, contents => contents.RowsOf(wanted));

    private async ValueTask<T> CallAsync<T>(StoreCall call, Func<MemoryContents, T> statement)
    {
        var fault = Fault(call);
        int connection;
        lock (_gate)
        {
            Calls.Add(call);
            connection = _connections;
        }

        if (Latency > TimeSpan.Zero)
            await Task.Delay(Latency / 2, time).ConfigureAwait(false);
        while (IsHeld(call, out var held))
            await held.ConfigureAwait(false);

        if (fault == StoreFault.ArrivesLate)
            _ = RunLaterAsync(statement);
        if (IsCut || connection != _connections || fault is StoreFault.QuestionLost or StoreFault.ArrivesLate)
            throw new StoreAwayException("The connection was cut before the statement was run.");
        if (fault == StoreFault.Busy)
            throw new StoreBusyException("A row is locked.");
        if (fault == StoreFault.Full)
            throw new StoreFullException("There is no room.");

        if (database.Life != _life)
            throw new StoreLifeException("The store was failed over.");

        var answer = database.Do(statement);
        if (Latency > TimeSpan.Zero)
            await Task.Delay(Latency / 2, time).ConfigureAwait(false);
        while (IsHeld(call, out var held))
            await held.ConfigureAwait(false);

        return IsCut || connection != _connections || fault == StoreFault.AnswerLost ? throw new StoreAwayException("The connection was cut after the statement was run.") : answer;
    }

    // One for each call: of those that await the same task, all but one would go on on the pool.
    private bool IsHeld(StoreCall call, out Task held)
    {
        lock (_gate)
        {
            held = Task.CompletedTask;
            if (!_isFrozen || (_frozenCall is { } only && only != call))
                return false;

            _held.Add(new(TaskCreationOptions.None));
            held = _held[^1].Task;
            return true;
        }
    }

    private async Task RunLaterAsync<T>(Func<MemoryContents, T> statement)
    {
        await Task.Delay(Lateness, time).ConfigureAwait(false);
        _ = database.Do(statement);
        HasArrivedLate = true;
    }
}
