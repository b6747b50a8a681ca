using System.Runtime.CompilerServices;
using System.Text;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>A log in a list, whose floor, generations and faults a test sets as it likes. Everything ends on return.</summary>
internal sealed class ScriptedJournal : IJournal
{
    private readonly List<LogEntry> _entries = [];
    private readonly List<(long Offset, TaskCompletionSource Waiter)> _waiters = [];
    private readonly TaskCompletionSource<JournalFailedException> _died = new();
    private int _ids;

    public Timeline Timeline
    {
        get => TimelineFault is null ? field : throw TimelineFault;
        set;
    } = new("AbCdEf12", [new Generation(1, 0)]);

    /// <summary>Gets or sets what looking at the timeline throws.</summary>
    public Exception? TimelineFault { get; set; }

    /// <summary>Gets or sets when entries are committed.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public long Head => _entries.Count;

    public long Floor { get; set; }

    public Task<JournalFailedException> Died => _died.Task;

    /// <summary>Gets or sets how many entries a page has.</summary>
    public int PageEntries { get; set; } = 100;

    /// <summary>Gets or sets what reading behind an offset throws.</summary>
    public Func<long, Exception?>? ReadFault { get; set; }

    /// <summary>Gets or sets a task that reads wait for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Gets or sets what a read behind an offset waits for.</summary>
    public Func<long, Task> GateAt { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Gets or sets a value indicating whether reads find nothing: a fault of the journal.</summary>
    public bool SkipsAll { get; set; }

    /// <summary>Gets or sets an entry that reads leave out: a fault of the journal.</summary>
    public long SkipsOffset { get; set; }

    /// <summary>Gets how many reads were begun.</summary>
    public int Reads { get; private set; }

    /// <summary>Gets how many reads are under way.</summary>
    public int ReadsUnderWay { get; private set; }

    public IReadOnlyList<LogEntry> Entries => _entries;

    public LogEntry this[long offset] => _entries[(int)offset - 1];

    public void Die() => _died.SetResult(new JournalFailedException("syncing", "Start again.", null));

    public long Append(params EntryDraft[] drafts)
    {
        foreach (var draft in drafts)
            _entries.Add(new LogEntry(Head + 1, Now, draft));
        foreach (var waiter in _waiters.Where(w => w.Offset < Head).ToList())
        {
            _waiters.Remove(waiter);
            waiter.Waiter.TrySetResult();
        }

        return Head;
    }

    /// <summary>A volatile event of a location, or of a session in it, or of nothing.</summary>
    public EntryDraft Event(string? location = "/a", string? session = null, int bytes = 20, string type = "tui.toast.show") => new(
        $"evt_{++_ids:d6}", type, location, location is null ? null : "global", session, -1, Durable: false, Json(bytes));

    /// <summary>A durable event of a session: on a wrapped stream it has a twin.</summary>
    public EntryDraft DurableEvent(string session, long sequence, string? location = "/a", int bytes = 20) => new(
        $"evt_{++_ids:d6}", "session.updated", location, "global", session, sequence, Durable: true, Json(bytes));

    public void Fail(Exception cause)
    {
        foreach (var (_, waiter) in _waiters)
            waiter.TrySetException(cause);
        _waiters.Clear();
    }

    public async IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        if (ReadFault?.Invoke(after) is { } fault)
            throw fault;

        Reads++;
        ReadsUnderWay++;
        try
        {
            await Gate;
            await GateAt(after);
            var head = Head;
            if (SkipsAll)
                yield break;
            while (after < head)
            {
                if (after < Floor)
                    throw new JournalTrimmedException(after, Floor);

                var entries = _entries.Skip((int)after).Where(e => filter.Matches(e) && e.Offset != SkipsOffset).Take(PageEntries).ToList();
                after = entries.Count == PageEntries ? entries[^1].Offset : head;
                yield return new EntryPage(entries, after);
            }
        }
        finally
        {
            ReadsUnderWay--;
        }
    }

    /// <summary>Gets or sets what asking all nodes for the head waits for.</summary>
    public Task Others { get; set; } = Task.CompletedTask;

    public async ValueTask<long> CatchUpAsync(CancellationToken ct)
    {
        await Others;
        return Head;
    }

    /// <summary>Gets or sets what is found out about a cursor when all is known.</summary>
    public Action<long, long> Verified { get; set; } = static (_, _) => { };

    /// <summary>Gets or sets what looking into a cursor throws, on the call.</summary>
    public Exception? VerifyFault { get; set; }

    public ValueTask VerifyAsync(long generation, long offset, CancellationToken ct)
    {
        return VerifyFault is null ? VerifiedAsync() : throw VerifyFault;

        async ValueTask VerifiedAsync()
        {
            await Others;
            Verified(generation, offset);
        }
    }

    public ValueTask WaitBeyondAsync(long offset, CancellationToken ct)
    {
        if (Head > offset)
            return ValueTask.CompletedTask;

        // Continues inline, on the test's thread.
        var waiter = new TaskCompletionSource();
        _waiters.Add((offset, waiter));
        return new ValueTask(waiter.Task);
    }

    public ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static byte[] Json(int bytes) => Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', Math.Max(0, bytes - 11))}}"}""");
}
