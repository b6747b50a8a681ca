using System.Text;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.TestKit.Doors;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>One node of a cluster on one thread: its way to the store, its journal, and a reader that notes what it shows.</summary>
internal sealed class JournalNode
{
    private readonly List<LogEntry> _shown = [];
    private readonly VirtualTime _time;

    public JournalNode(MemoryBatchDatabase database, string name, VirtualTime time, JournalOptions options, RecordingLogs? logs = null)
    {
        _time = time;
        Store = new(database, name, time);
        Journal = Done(BatchJournal.OpenAsync(Store, options, time, logs?.CreateLogger("journal")));
        ShownFrom = Journal.Head;
        _ = FollowAsync();
    }

    public MemoryBatchStore Store { get; }

    public BatchJournal Journal { get; }

    /// <summary>Gets the head at the start: the reader begins behind it.</summary>
    public long ShownFrom { get; }

    /// <summary>Gets what the reader has been shown, in its order.</summary>
    public IReadOnlyList<LogEntry> Shown => _shown;

    public Task<long> Append(JournalBatch batch) => Journal.AppendAsync(batch, default).AsTask();

    public List<LogEntry> Read(long after = 0)
    {
        return Done(ReadAsync());

        async Task<List<LogEntry>> ReadAsync()
        {
            var entries = new List<LogEntry>();
            await foreach (var page in Journal.ReadAsync(after, EntryFilter.All, default).ConfigureAwait(false))
                entries.AddRange(page.Entries);

            return entries;
        }
    }

    public List<string> Load(string owner)
    {
        return Done(LoadAsync());

        async Task<List<string>> LoadAsync()
        {
            var rows = new List<string>();
            await foreach (var row in Journal.LoadAsync(owner, default).ConfigureAwait(false))
                rows.Add($"{row.Kind}/{row.Key}={Encoding.UTF8.GetString(row.Json.Span)}@{row.Offset}");

            return rows;
        }
    }

    /// <summary>Closes the journal, moving the clock as far as that takes.</summary>
    public void Close()
    {
        var closing = Journal.DisposeAsync().AsTask();

        // A wait for a time is ended by the pool when that is cancelled: the one thing here that does not end on this thread. It gets some time before the clock moves.
        while (!OtherThreads.HasEnded(closing))
            _time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Takes the result of something that has ended: on virtual time nothing is waited for.</summary>
    public static T Done<T>(Task<T> task)
    {
        Done((Task)task);
        return task.GetAwaiter().GetResult();
    }

    public static void Done(Task task)
    {
        Assert.True(task.IsCompleted, "It has not ended.");
        task.GetAwaiter().GetResult();
    }

    // As a node's tail does: waits for the head to move, and reads what came.
    private async Task FollowAsync()
    {
        var after = ShownFrom;
        try
        {
            while (true)
            {
                await Journal.WaitBeyondAsync(after, default).ConfigureAwait(false);
                await foreach (var page in Journal.ReadAsync(after, EntryFilter.All, default).ConfigureAwait(false))
                {
                    _shown.AddRange(page.Entries);
                    after = page.Through;
                }
            }
        }
        catch (Exception e) when (e is JournalException or ObjectDisposedException or OperationCanceledException)
        {
            // The journal has ended.
        }
    }
}
