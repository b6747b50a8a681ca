using System.Net;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

/// <summary>RULES D1 over nodes: whom an answer waits for that is not connected to anybody at the moment.</summary>
public sealed class OtherNodesTests
{
    private readonly VirtualTime _time = new();
    private readonly FakeCluster _cluster = new("a");
    private readonly FakeNodes _nodes = new();
    private readonly OtherNodes _others;

    public OtherNodesTests() => _others = new OtherNodes(_cluster, _nodes, _time);

    [Fact]
    public async Task D1_the_clients_of_a_node_that_was_lost_have_2_s_to_come_back_elsewhere()
    {
        _others.Note(_cluster.View);
        _cluster.Bury("a");
        _others.Note(_cluster.View);
        _time.Advance(TimeSpan.FromSeconds(1.5));

        var waiting = _others.WaitForHomelessAsync(CancellationToken.None);

        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(await waiting);
        Assert.False(await _others.WaitForHomelessAsync(CancellationToken.None));
    }

    [Fact]
    public async Task D1_a_node_that_does_not_say_whether_its_streams_are_flushed_has_lost_its_clients_once()
    {
        _nodes.Fail(new HttpRequestException("refused")).Fail(new HttpRequestException("refused")).Answer(HttpStatusCode.OK).Fail(new IOException("cut"));

        await _others.WaitFlushedAsync("/a", 1, CancellationToken.None);
        var first = _others.WaitForHomelessAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await first);

        await _others.WaitFlushedAsync("/a", 2, CancellationToken.None);
        Assert.False(await _others.WaitForHomelessAsync(CancellationToken.None)); // still away

        await _others.WaitFlushedAsync("/a", 3, CancellationToken.None);
        Assert.False(await _others.WaitForHomelessAsync(CancellationToken.None)); // it is back

        await _others.WaitFlushedAsync("/a", 4, CancellationToken.None);
        Assert.False(_others.WaitForHomelessAsync(CancellationToken.None).IsCompleted); // and lost anew
    }
}
