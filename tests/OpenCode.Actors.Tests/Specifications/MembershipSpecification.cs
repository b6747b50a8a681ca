using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every <see cref="IMembership"/> keeps, whatever database it works on.</summary>
public abstract partial class MembershipSpecification : IAsyncLifetime
{
    private const int Shards = 64;

    private readonly List<IMembership> _open = [];

    /// <summary>Opens one node's way to the database of this test.</summary>
    protected abstract ValueTask<IMembership> OpenAsync(string tag);

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var membership in _open)
            await membership.DisposeAsync();
    }

    protected static NodeDescription Describe(string name) => new(name, new Uri($"http://{name}:4096"), $"oc/{name}", 1, "1.0", "/proj", Shards);

    protected async Task<Node> NodeAsync(string name)
    {
        var membership = await TrackAsync($"oc/{name}");
        return new Node(membership, await membership.JoinAsync(Describe(name), default));
    }

    protected async ValueTask<IMembership> TrackAsync(string tag)
    {
        var membership = await OpenAsync(tag);
        lock (_open)
            _open.Add(membership);
        return membership;
    }

    private static Handover To(Node target, int shard, long token) => new(new Fence(shard, token), target.Member);

    protected sealed record Node(IMembership Membership, Member Member);
}
