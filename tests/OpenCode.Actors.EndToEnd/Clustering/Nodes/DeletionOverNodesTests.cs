using Akka.Actor;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>Rule "Close the parent first": a tree whose sessions run on several nodes, as after an import.</summary>
public sealed class DeletionOverNodesTests : NodesKit
{
    private readonly IdFactory _ids = new(TimeProvider.System, SystemEntropy.Instance.Fill);

    [Fact]
    public async Task A_tree_over_several_nodes_is_deleted_by_any_of_them()
    {
        var nodes = await StartAsync(3);
        var parent = await SessionOnAsync(nodes[1], nodes[0]);
        await SessionOnAsync(nodes[2], nodes[0]); // So that it has a shard.
        var (here, there) = (await ChildOnAsync(nodes[1], nodes[0], parent), await ChildOnAsync(nodes[2], nodes[0], parent));
        await nodes[0].PromptAsync(parent, "slow: 2000");

        await Eventually.TrueAsync(async () => await DeleteAsync(nodes[0], parent) is Deleted or SessionNotFound, "the tree is deleted");

        var log = (await nodes[2].LogAsync()).Where(entry => entry.Type is "session.deleted" or "session.idle").Select(entry => (entry.Type, entry.SessionId)).ToList();
        Assert.Equal(("session.idle", parent.Value), log[0]);
        Assert.Equal(("session.deleted", parent.Value), log[^1]);
        Assert.Equal(new HashSet<string?> { here.Value, there.Value, parent.Value }, log.Where(entry => entry.Type == "session.deleted").Select(entry => entry.SessionId).ToHashSet());
        foreach (var node in nodes)
            Assert.IsType<SessionNotFound>(await node.UpdateAsync(there, "late"));
    }

    [Fact]
    public async Task A_deletion_whose_node_is_killed_is_brought_to_its_end_by_another_one()
    {
        var nodes = await StartAsync(3);
        var parent = await SessionOnAsync(nodes[1], nodes[0]);
        await SessionOnAsync(nodes[2], nodes[0]);
        var child = await ChildOnAsync(nodes[2], nodes[0], parent);
        nodes[2].Store.Freeze(StoreCall.Append);
        _ = DeleteAsync(nodes[0], parent);
        await Eventually.TrueAsync(() => nodes[2].Store.IsHolding, "the parent is closed and the child is about to be");

        await KillAsync(nodes[0], by: nodes[1]);
        nodes[2].Store.Thaw();

        await Eventually.TrueAsync(async () => await nodes[1].Actors.Index.Ask<object>(new IndexQuery.Get(parent)) is SessionNotFound, "the tree is gone");
        Assert.Equal([child.Value, parent.Value], (await nodes[1].LogAsync()).Where(entry => entry.Type == "session.deleted").Select(entry => entry.SessionId));
    }

    private static Task<object> DeleteAsync(TestNode via, SessionId session) => via.Actors.Index.Ask<object>(new IndexQuery.Delete(session), TestNode.Patience);

    private async Task<SessionId> ChildOnAsync(TestNode owner, TestNode via, SessionId parent)
    {
        while (true)
        {
            var child = _ids.NewSession();
            if (!owner.Shards.Contains(ShardOf.Session(child)))
                continue;

            Assert.IsType<Created>(await via.AskAsync(child, new Create(new Place("/proj", "global"), new CreateSession { ParentId = parent })));
            return child;
        }
    }
}
