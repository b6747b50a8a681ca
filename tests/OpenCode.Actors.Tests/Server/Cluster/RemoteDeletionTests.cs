using System.Net;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Cluster.Forwarding;
using OpenCode.Actors.Sessions.Sharding;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class RemoteDeletionTests
{
    private static readonly SessionId _child = new("ses_child");

    private readonly VirtualTime _time = new();
    private readonly FakeCluster _cluster = new("a", "b");
    private readonly FakeNodes _nodes = new();

    public RemoteDeletionTests() => _cluster.Give(Shard.Of(_child), "a");

    [Fact]
    public async Task What_was_deleted_by_a_try_that_was_lost_counts_as_deleted()
    {
        _nodes.Fail(new HttpRequestException("reset")).Answer(HttpStatusCode.NotFound);

        Assert.True(await EndAsync(Begin()));
    }

    [Fact]
    public async Task A_frozen_owner_is_left_for_the_next_one()
    {
        _nodes.Freeze().Answer(HttpStatusCode.OK);

        var deletion = Begin();
        _cluster.Give(Shard.Of(_child), "b");

        Assert.True(await EndAsync(deletion));
        Assert.Equal(["a", "b"], _nodes.Requests.Select(request => request.Address.Host));
    }

    [Fact]
    public async Task An_owner_that_does_not_answer_for_longer_than_a_takeover_is_given_up()
    {
        for (var tries = 0; tries < 10; tries++)
            _nodes.Freeze();
        var began = _time.GetTimestamp();

        Assert.False(await EndAsync(Begin()));
        Assert.InRange(_time.GetElapsedTime(began).TotalSeconds, 6, 12);
    }

    [Fact]
    public async Task Who_asked_may_leave()
    {
        _nodes.Freeze();
        using var leaves = new CancellationTokenSource();

        var deletion = Begin(leaves.Token);
        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deletion);
    }

    private Task<bool> Begin(CancellationToken cancellationToken = default) => new RemoteDeletion(_cluster, _nodes, _time).DeleteAsync(_child, cancellationToken);

    private async Task<bool> EndAsync(Task<bool> deletion)
    {
        for (var waited = 0; waited < 600 && !deletion.IsCompleted; waited++)
            _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(deletion.IsCompleted);
        return await deletion;
    }
}
