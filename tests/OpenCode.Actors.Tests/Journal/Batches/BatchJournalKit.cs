using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>Nodes that share one store in memory, all on the test's thread and on virtual time: when the clock has been moved, all that could happen has happened.</summary>
public abstract class BatchJournalKit
{
    private readonly List<JournalNode> _nodes = [];

    protected BatchJournalKit() => Database = new(Time);

    internal VirtualTime Time { get; } = new();

    internal MemoryBatchDatabase Database { get; }

    internal JournalOptions Options { get; } = new();

    internal RecordingLogs Logs { get; } = new();

    internal JournalNode Open(string name)
    {
        // Continuations stay on the thread that moves the clock: xunit's context would send them to the pool.
        SynchronizationContext.SetSynchronizationContext(null);
        var node = new JournalNode(Database, name, Time, Options, Logs);
        _nodes.Add(node);
        return node;
    }

    internal void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    internal static JournalBatch Batch(string name, params Fence[] fences) => new([Make.Entry(name)], []) { Fences = fences };

    internal List<string> Stored() => Database.Do(c => c.Batches.ToList())
        .SelectMany(b => Types(b))
        .ToList();

    private static List<string> Types(OpenCode.Actors.Journal.Stores.StoredBatch batch)
    {
        var types = new List<string>();
        var body = new OpenCode.Actors.Journal.Bodies.BodyReader(batch.Body.Span);
        while (body.Next())
            types.Add(System.Text.Encoding.UTF8.GetString(body.Type));

        return types;
    }
}
