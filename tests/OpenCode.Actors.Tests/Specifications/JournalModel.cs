using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>The inputs and answers of a journal, and what they promise after its death.</summary>
internal sealed class JournalModel
{
    private readonly List<JournalBatch> _batches = [];

    // What could be seen at each offset, in each generation.
    private readonly List<(long Generation, long Offset, string EventId)> _shown = [];
    // What all batches make.
    private StateModel _state = new();
    private long _head;
    private int _syncedCount;
    private int _writtenCount;

    /// <summary>Notes a batch.</summary>
    /// <returns>Its number.</returns>
    public int Told(JournalBatch batch)
    {
        _batches.Add(batch);
        _head += batch.Entries.Count;
        _state.Apply(batch.Changes, _head);
        return _batches.Count - 1;
    }

    /// <summary>Notes that a batch is answered; it vouches for all before it (they are in one log), if it is durable also over a power cut.</summary>
    public void Answered(int number, long generation, long firstOffset)
    {
        var batch = _batches[number];
        _writtenCount = Math.Max(_writtenCount, number + 1);
        if (batch.Durable)
            _syncedCount = Math.Max(_syncedCount, number + 1);
        for (var i = 0; i < batch.Entries.Count; i++)
            _shown.Add((generation, firstOffset + i, batch.Entries[i].EventId));
    }

    /// <summary>Compares a journal that was opened again with what was promised, and takes over what it has.</summary>
    public async Task CheckAsync(IJournal journal, bool powerWasLost)
    {
        var count = await FindPrefixAsync(journal);

        Assert.InRange(count, powerWasLost ? _syncedCount : _writtenCount, _batches.Count);
        var entries = new Dictionary<long, string>();
        await foreach (var page in journal.ReadAsync(journal.Floor, EntryFilter.All, default))
        {
            foreach (var entry in page.Entries)
                entries.Add(entry.Offset, entry.EventId);
        }

        var expected = _batches.Take(count).SelectMany(b => b.Entries).Select((e, i) => (Offset: i + 1L, e.EventId)).Where(e => e.Offset > journal.Floor);
        Assert.Equal(expected.Select(e => (e.Offset, e.EventId)), entries.OrderBy(e => e.Key).Select(e => (e.Key, e.Value)));
        CheckCursors(journal, entries);

        _batches.RemoveRange(count, _batches.Count - count);
        _syncedCount = _writtenCount = count;
        _head = journal.Head;
        _state = await StateModel.LoadAsync(journal);
    }

    /// <summary>Compares the state of a journal that has answered everything.</summary>
    public async Task CheckStateAsync(IJournal journal)
    {
        var loaded = await StateModel.LoadAsync(journal);
        Assert.True(_state.Same(loaded), $"Expected: {_state}\nFound: {loaded}");
    }

    // Rule "Good cursor": a cursor that passes the test is resumed, so what its client saw must be what is there.
    private void CheckCursors(IJournal journal, Dictionary<long, string> entries)
    {
        foreach (var (generation, offset, eventId) in _shown)
        {
            if (offset > journal.Floor && offset <= journal.Timeline.LeastHeadAfter(generation) && offset <= journal.Head)
                Assert.Equal((generation, offset, eventId), (generation, offset, entries[offset]));
        }
    }

    /// <summary>Finds how many of the batches the journal has: those up to its head, and of those behind it that only change state as many as its state shows.</summary>
    private async Task<int> FindPrefixAsync(IJournal journal)
    {
        var state = new StateModel();
        var head = 0L;
        var count = 0;
        for (; head < journal.Head; count++)
        {
            head += _batches[count].Entries.Count;
            state.Apply(_batches[count].Changes, head);
        }

        Assert.Equal(journal.Head, head);
        var loaded = await StateModel.LoadAsync(journal);
        while (!state.Same(loaded))
        {
            Assert.True(
                count < _batches.Count && _batches[count].Entries.Count == 0,
                $"The state fits no number of batches with head {head}.\nExpected: {state}\nFound: {loaded}");
            state.Apply(_batches[count++].Changes, head);
        }

        return FurthestWithSameState(count, state, head);
    }

    // Batches that changed nothing may be there or not; no read shows it.
    private int FurthestWithSameState(int count, StateModel state, long head)
    {
        var furthest = count;
        var further = state.Copy();
        for (var i = count; i < _batches.Count && _batches[i].Entries.Count == 0; i++)
        {
            further.Apply(_batches[i].Changes, head);
            if (further.Same(state))
                furthest = i + 1;
        }

        return furthest;
    }
}
