using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The store of a whole cluster in memory: what PostgreSQL is to <see cref="BatchJournal"/>. Each process reaches it through a <see cref="MemoryBatchStore"/>. Thread-safe.</summary>
/// <param name="time">The clock of the store.</param>
internal sealed class MemoryBatchDatabase(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<MemoryBatchStore> _stores = [];
    private MemoryContents _now = new();
    private int _run;

    /// <summary>Gets the large bodies, which appends delete.</summary>
    public MemoryLargeBodies Bodies { get; } = new(time);

    /// <summary>Gets the offset of the last entry.</summary>
    public long Head => Do(c => c.Head);

    public void SetToken(int shard, long token) => Do(c => c.Tokens[shard] = token);

    /// <summary>Keeps what is there, as a backup does.</summary>
    public MemoryContents Backup() => Do(c => c.Copy());

    /// <summary>Gets the life of the store: processes of one before are refused.</summary>
    public int Life { get; private set; }

    /// <summary>Takes the store back to what it was, with all connections cut, and so that it cannot know itself: as a machine that goes on from a snapshot with its memory.</summary>
    public void Restore(MemoryContents backup)
    {
        lock (_gate)
        {
            _now = backup.Copy();
            _now.Run = _run;
        }

        CutAll();
    }

    /// <summary>Takes the store back to what it was and starts it, as is done with a disk that was restored.</summary>
    public void RestoreAndStart(MemoryContents backup)
    {
        lock (_gate)
            _now = backup.Copy();

        Restart();
    }

    /// <summary>Starts the store again on what it has, with all connections cut.</summary>
    public void Restart()
    {
        lock (_gate)
            _run++;

        CutAll();
    }

    /// <summary>Begins another life at the present head, as the promotion of a standby does, with all connections cut.</summary>
    public void BeginLife()
    {
        Do(c => c.BeginGeneration(c.Generations[^1].Number, c.Head, UtcNow));
        Life++;
        CutAll();
    }

    /// <summary>Runs a statement: nothing else happens meanwhile. The first one after a start finds out, and begins a generation.</summary>
    public T Do<T>(Func<MemoryContents, T> statement)
    {
        lock (_gate)
        {
            if (_now.Run != _run)
            {
                _now.Run = _run;
                _now.BeginGeneration(_now.Generations[^1].Number, _now.Head, UtcNow);
            }

            return statement(_now);
        }
    }

    public DateTimeOffset UtcNow => time.GetUtcNow();

    public long Token(int shard) => _now.Tokens.GetValueOrDefault(shard);

    /// <summary>Gives out the next token of a shard: all earlier ones are stale from here on.</summary>
    public long NextToken(int shard) => Do(c => c.Tokens[shard] = c.Tokens.GetValueOrDefault(shard) + 1);

    public void Join(MemoryBatchStore store)
    {
        lock (_gate)
        {
            if (!_stores.Contains(store))
                _stores.Add(store);
        }
    }

    public void Leave(MemoryBatchStore store)
    {
        lock (_gate)
            _stores.Remove(store);
    }

    public void Notify(long head)
    {
        foreach (var store in Stores())
            store.Hinted(head);
    }

    private void CutAll()
    {
        foreach (var store in Stores())
            store.CutConnections();
    }

    private MemoryBatchStore[] Stores()
    {
        lock (_gate)
            return [.. _stores];
    }
}
