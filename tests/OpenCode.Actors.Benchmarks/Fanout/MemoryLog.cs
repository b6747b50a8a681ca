using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Fanout;

/// <summary>A journal that costs next to nothing, so that what is measured is the way from the tail to the writers.</summary>
internal sealed class MemoryLog : IJournal
{
    private readonly Lock _lock = new();
    private LogEntry[] _entries = new LogEntry[1 << 16];
    private long _head;
    private TaskCompletionSource? _waiter;

    public Timeline Timeline { get; } = new("Bench000", [new Generation(1, 0)]);

    public long Head => Volatile.Read(ref _head);

    public long Floor => 0;

    public Task<JournalFailedException> Died { get; } = new TaskCompletionSource<JournalFailedException>().Task;

    public void Append(EntryDraft draft, int count)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            while (_head + count > _entries.Length)
                Array.Resize(ref _entries, _entries.Length * 2);
            for (var i = 0; i < count; i++)
                _entries[_head + i] = new LogEntry(_head + i + 1, DateTimeOffset.UnixEpoch, draft);
            Volatile.Write(ref _head, _head + count);
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.SetResult();
    }

    public async IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        var head = Head;
        if (after < head)
            yield return new EntryPage(new ArraySegment<LogEntry>(_entries, (int)after, (int)(head - after)), head);
    }

    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken) => new(Head);

    public ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_head > offset)
                return ValueTask.CompletedTask;

            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_waiter.Task);
        }
    }

    public ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
