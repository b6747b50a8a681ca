using System.Text;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>The inputs and outputs of nodes, and what these promise. Independent of the journal's code.</summary>
internal sealed class ClusterModel
{
    private readonly List<(JournalBatch Batch, Task<long> Answer, long Generation)> _told = [];
    private readonly List<JournalNode> _nodes = [];

    // From which head on a token held: what was committed under it lies behind that.
    private readonly Dictionary<(int Shard, long Token), long> _ownedFrom = [];

    public void Started(JournalNode node) => _nodes.Add(node);

    public void Owned(int shard, long token, long head) => _ownedFrom[(shard, token)] = head;

    public void Tell(JournalNode node, JournalBatch batch) => _told.Add((batch, node.Append(batch), node.Journal.Timeline.Current));

    public void Check(MemoryBatchDatabase database, IReadOnlyList<JournalNode> running)
    {
        var stored = Stored(database);
        var offsets = stored.Select((type, i) => (type, i + 1L)).ToDictionary(StringComparer.Ordinal);
        Assert.Equal(stored.Count, database.Head);

        var expected = new StateModel();
        var committed = new List<(JournalBatch Batch, long First)>();
        foreach (var (batch, answer, _) in _told)
        {
            Assert.True(answer.IsCompleted, $"{batch.Entries[0].Type} is undecided although nothing is wrong any more.");
            var isStored = offsets.TryGetValue(batch.Entries[0].Type, out var first);
            if (answer.IsCompletedSuccessfully)
                Assert.Equal(first, answer.Result);
            if (answer.Exception?.InnerException is JournalFencedException or JournalFullException)
                Assert.False(isStored, $"{batch.Entries[0].Type} was refused, and is there.");
            if (!isStored)
                continue;

            committed.Add((batch, first));
            Assert.Equal(batch.Entries.Select(e => e.Type), stored.Skip((int)first - 1).Take(batch.Entries.Count));
            foreach (var fence in batch.Fences)
            {
                Assert.InRange(first, _ownedFrom[(fence.Shard, fence.Token)] + 1, long.MaxValue);
                Assert.InRange(first, 1, _ownedFrom.GetValueOrDefault((fence.Shard, fence.Token + 1), long.MaxValue - 1));
            }
        }

        foreach (var (batch, first) in committed.OrderBy(c => c.First))
            expected.Apply(batch.Changes, first + batch.Entries.Count - 1);
        foreach (var reader in _nodes)
            CheckShown(reader, stored, isAtHead: running.Contains(reader));
        foreach (var reader in running)
        {
            Assert.Equal(stored, reader.Read().Select(e => e.Type));
            var loaded = JournalNode.Done(StateModel.LoadAsync(reader.Journal));
            Assert.True(expected.Same(loaded), $"Expected: {expected}\nFound: {loaded}");
        }
    }

    /// <summary>Rule "Good cursor": everything that a good cursor has seen is still there.</summary>
    public void CheckCursors(MemoryBatchDatabase database)
    {
        var stored = Stored(database);
        var timeline = new Timeline("memory00", database.Do(c => c.Generations.ToArray()));
        foreach (var node in _nodes)
        {
            var least = timeline.LeastHeadAfter(node.Journal.Timeline.Current);
            foreach (var entry in node.Shown.Where(e => e.Offset <= least && e.Offset <= stored.Count))
                Assert.Equal(stored[(int)entry.Offset - 1], entry.Type);
        }

        foreach (var (batch, answer, generation) in _told)
        {
            if (answer.IsCompletedSuccessfully && answer.Result <= timeline.LeastHeadAfter(generation))
                Assert.Equal(batch.Entries[0].Type, stored[(int)answer.Result - 1]);
        }
    }

    private static void CheckShown(JournalNode node, List<string> stored, bool isAtHead)
    {
        Assert.Equal(Enumerable.Range(1, node.Shown.Count).Select(i => node.ShownFrom + i), node.Shown.Select(e => e.Offset));
        Assert.Equal(stored.Skip((int)node.ShownFrom).Take(node.Shown.Count), node.Shown.Select(e => e.Type));
        if (isAtHead)
            Assert.Equal(stored.Count, node.ShownFrom + node.Shown.Count);
    }

    private static List<string> Stored(MemoryBatchDatabase database)
    {
        var types = new List<string>();
        foreach (var batch in database.Do(c => c.Batches.ToArray()))
        {
            Assert.Equal(types.Count + 1, batch.First);
            var body = new BodyReader(batch.Body.Span);
            while (body.Next())
                types.Add(Encoding.UTF8.GetString(body.Type));

            Assert.Equal(batch.Last, types.Count);
        }

        return types;
    }
}
