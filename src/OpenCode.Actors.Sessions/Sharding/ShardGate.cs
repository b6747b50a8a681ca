using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Sharding;

/// <summary>The shards whose sessions may run here, each under the token it was opened with. Belongs to the region, which alone touches it.</summary>
internal sealed class ShardGate
{
    private readonly Dictionary<int, Fence> _open = [];

    /// <summary>Gets a value indicating whether any shard is open.</summary>
    public bool IsAnyOpen => _open.Count > 0;

    /// <summary>Gives the claim under which a session may run here; null when it may not.</summary>
    public Fence? FenceOf(SessionId id) => FenceOf(Shard.Of(id));

    /// <summary>Gives the claim under which a shard is open; null when it is not.</summary>
    public Fence? FenceOf(int shard) => _open.GetValueOrDefault(shard);

    /// <summary>Opens a shard, or gives an open one another token.</summary>
    public void Open(Fence fence) => _open[fence.Shard] = fence;

    /// <summary>Closes a shard.</summary>
    public void Close(int shard) => _open.Remove(shard);

    /// <summary>Makes an id until it falls into a shard that is open, or into that of the parent: a tree lives on one node.</summary>
    /// <param name="ids">Makes the ids. Of one open shard every 64th falls into it.</param>
    /// <param name="parent">The parent; null when there is none. Its shard, or else any, has to be open.</param>
    public SessionId NewSession(IdFactory ids, SessionId? parent)
    {
        int? wanted = parent is { } known ? Shard.Of(known) : null;
        while (true)
        {
            var id = ids.NewSession();
            var shard = Shard.Of(id);
            if (wanted is { } only ? shard == only : _open.ContainsKey(shard))
                return id;
        }
    }
}
