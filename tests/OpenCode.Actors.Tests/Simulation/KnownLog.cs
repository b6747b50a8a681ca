using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>All that the log has ever committed, in the head of an observer: what it may not forget, and what every client has to be shown.</summary>
internal sealed class KnownLog(Promises promises)
{
    private readonly List<LogEntry> _entries = [];
    private readonly List<(long Generation, long Head)> _lives = [];
    private readonly Dictionary<string, long> _sequences = new(StringComparer.Ordinal);

    public IReadOnlyList<LogEntry> Entries => _entries;

    public long Head => _entries.Count;

    /// <summary>Takes in what was committed since the last look.</summary>
    /// <param name="journal">The journal itself, not one that is stepped.</param>
    /// <param name="syncsAreHeld">Nothing can be synced now, so nothing that has to be synced may be committed.</param>
    public void Take(IJournal journal, bool syncsAreHeld)
    {
        if (journal.Head == Head)
            return;

        foreach (var entry in Read(journal, Head))
        {
            promises.Expect(entry.Offset == Head + 1, $"The log has a hole: {entry} came after {Head}.");
            promises.Expect(!(syncsAreHeld && entry.Durable), $"{entry} is shown before it is synced.");
            _entries.Add(entry);
            CountSequence(entry);
        }
    }

    /// <summary>Holds what a restart has found against what was known.</summary>
    /// <param name="journal">The journal of the new life.</param>
    /// <param name="powerWasCut">What was not synced may be gone.</param>
    public void BeginLife(IJournal journal, bool powerWasCut)
    {
        var head = journal.Head;
        if (head < Head)
        {
            promises.Expect(powerWasCut, $"The log ended at {Head} and has only {head} after the process was killed.");
            promises.Expect(!_entries.Skip((int)head).Any(static entry => entry.Durable), $"The log ended at {Head} and has only {head}: an entry is lost that was synced.");
            Forget(head);
        }

        foreach (var entry in Read(journal, journal.Floor).TakeWhile(entry => entry.Offset <= Head))
            promises.Expect(entry.EventId == _entries[(int)entry.Offset - 1].EventId, $"{entry} was {_entries[(int)entry.Offset - 1]} before the restart.");
        _lives.Add((journal.Timeline.Current, head));

        // What the last life wrote and did not come to answer is part of the log now: the start has synced it.
        Take(journal, syncsAreHeld: false);
    }

    /// <summary>Tells the least head that a life after a generation began with: what was beyond it then is another log's.</summary>
    public long KeptOf(long generation) => _lives.Where(life => life.Generation > generation).Select(static life => life.Head).DefaultIfEmpty(long.MaxValue).Min();

    public IEnumerable<LogEntry> Of(string sessionId) => _entries.Where(entry => entry.SessionId == sessionId);

    // A MemoryDisk ends every read on return.
    private static List<LogEntry> Read(IJournal journal, long after)
    {
        var entries = new List<LogEntry>();
        var pages = journal.ReadAsync(after, EntryFilter.All, CancellationToken.None).GetAsyncEnumerator();
        while (pages.MoveNextAsync().AsTask().GetAwaiter().GetResult())
            entries.AddRange(pages.Current.Entries);
        return entries;
    }

    private void Forget(long head)
    {
        _entries.RemoveRange((int)head, (int)(Head - head));
        _sequences.Clear();
        foreach (var entry in _entries)
            CountSequence(entry);
    }

    private void CountSequence(LogEntry entry)
    {
        // Synced entries without a sequence, such as permission.asked, are in between.
        if (!EventTypes.IsDurable(entry.Type) || entry.SessionId is not { } session)
            return;

        var next = _sequences.GetValueOrDefault(session);
        promises.Expect(entry.Sequence == next, $"{entry} has sequence {entry.Sequence} and not {next} of {session}.");
        _sequences[session] = entry.Sequence + 1;
    }
}
