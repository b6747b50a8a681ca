using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>What is in the store at one moment. Not thread-safe: <see cref="MemoryBatchDatabase"/> guards it.</summary>
internal sealed class MemoryContents
{
    public const string TimelineId = "memory00";

    private long _born;

    public List<StoredBatch> Batches { get; private init; } = [];

    public List<Generation> Generations { get; private init; } = [new(1, 0)];

    public Dictionary<string, (long Number, StoreCommit Last)> Writers { get; private init; } = new(StringComparer.Ordinal);

    public Dictionary<int, long> Tokens { get; private init; } = [];

    public Dictionary<(string Owner, string Kind, string Key), (StateRow Row, long Born)> Rows { get; private init; } = [];

    /// <summary>Gets or sets the run of the store in which it was last used.</summary>
    public int Run { get; set; }

    /// <summary>Gets when the last generation began.</summary>
    public DateTimeOffset BegunAt { get; private set; }

    public long Head { get; private set; }

    public long Floor { get; private set; }

    public StoreEnds Ends => new(Head, Floor, Generations[^1].Number);

    public MemoryContents Copy() => new()
    {
        Batches = [.. Batches],
        Generations = [.. Generations],
        Writers = new(Writers, StringComparer.Ordinal),
        Tokens = new(Tokens),
        Rows = new(Rows),
        Head = Head,
        Floor = Floor,
        Run = Run,
        BegunAt = BegunAt,
        _born = _born,
    };

    /// <summary>The statement of rule "Numbered batches": all conditions hold, or nothing happens.</summary>
    public StoreCommit? Append(string writer, StoreBatch batch, Func<int, long> token, MemoryLargeBodies bodies, DateTimeOffset now)
    {
        if (!Writers.TryGetValue(writer, out var last) || last.Number != batch.Number - 1)
            return null;
        if (batch.Fences.Any(f => token(f.Shard) != f.Token) || Generations[^1].Number != batch.Generation)
            return null;

        var commit = new StoreCommit(Head + 1, now);
        if (batch.EntryCount > 0)
            Batches.Add(new(commit.First, batch.EntryCount, batch.Generation, now, batch.Body.ToArray()));
        Head += batch.EntryCount;
        foreach (var change in batch.Changes)
            Change(change, commit.First - 1 + change.EntriesThrough);
        bodies.Remove(batch.UsedBodies);

        Writers[writer] = (batch.Number, commit);
        return commit;
    }

    /// <summary>Makes what takes back an append of the batch, which comes next.</summary>
    public Action Undo(StoreBatch batch)
    {
        var (head, born) = (Head, _born);
        var rows = batch.Changes.Select(change => (change.Owner, change.Kind, change.Key)).Distinct()
            .Select(row => (row, Before: Rows.TryGetValue(row, out var before) ? before : ((StateRow Row, long Born)?)null)).ToArray();
        return () =>
        {
            (Head, _born) = (head, born);
            Batches.RemoveAll(written => written.First > head);
            foreach (var (row, before) in rows)
            {
                if (before is { } value)
                    Rows[row] = value;
                else
                    Rows.Remove(row);
            }
        };
    }

    /// <summary>Reads batches from the one that holds an offset on.</summary>
    public StorePage Page(long after, int pageBytes, DateTimeOffset now)
    {
        var page = new List<StoredBatch>();
        var bytes = 0;
        foreach (var batch in Batches.Where(b => b.Last >= after))
        {
            if (bytes >= pageBytes)
                return new(page, false, now);

            page.Add(batch.Last == after ? batch with { Body = default } : batch);
            bytes += page[^1].Body.Length;
        }

        return new(page, true, now);
    }

    /// <summary>Reads rows in the order in which they were first written.</summary>
    public IReadOnlyList<StateRow> RowsOf(Func<StateRow, bool> wanted) => [.. Rows.Values.Where(row => wanted(row.Row)).OrderBy(static row => row.Born).Select(static row => row.Row)];

    /// <summary>Gets batches from one on, that one without its body, up to another.</summary>
    public IReadOnlyList<StoredBatch> Between(long from, long until, int most) =>
        [.. Batches.Where(b => b.First >= from && b.First < until).Take(most).Select(b => b.First == from ? b with { Body = default } : b)];

    /// <summary>Begins a generation.</summary>
    public bool BeginGeneration(long expected, long headBefore, DateTimeOffset now)
    {
        if (Generations[^1].Number != expected)
            return false;

        Generations.Add(new(Generation.NextNumber(expected, now), headBefore));
        BegunAt = now;
        return true;
    }

    /// <summary>Begins a generation because a client has more than there is: not within a minute of the last.</summary>
    public bool BeginGenerationAtHead(long expected, long beyond, DateTimeOffset now) =>
        Head < beyond && now - BegunAt >= TimeSpan.FromMinutes(1) && BeginGeneration(expected, Head, now);

    public StoreLife Life(StoredBatch? last) => new(
        new(TimelineId, [.. Generations]), Ends, Batches.Find(b => b.First == last?.First) is { } found ? found with { Body = default } : null);

    public bool Trim(JournalOptions retention, DateTimeOffset now)
    {
        var kept = Batches.Sum(b => (long)b.Body.Length);
        var held = Rows.Values.Where(r => retention.HoldKinds.Contains(r.Row.Kind)).Select(r => r.Row.Offset).DefaultIfEmpty(long.MaxValue).Min();
        while (Batches is [var oldest, ..] && oldest.Last <= held && (kept > retention.RetainBytes || oldest.At < now.AddMilliseconds(-retention.RetainMs)))
        {
            Floor = oldest.Last;
            kept -= oldest.Body.Length;
            Batches.RemoveAt(0);
        }

        return true;
    }

    private void Change(StoreChange change, long offset)
    {
        var row = (change.Owner, change.Kind, change.Key);
        if (change.Json is not { } json)
        {
            Rows.Remove(row);
            return;
        }

        var born = !change.Anew && Rows.TryGetValue(row, out var before) ? before.Born : ++_born;
        Rows[row] = (new(change.Kind, change.Owner, change.Key, json.ToArray(), offset), born);
    }
}
