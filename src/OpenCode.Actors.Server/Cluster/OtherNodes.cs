using OpenCode.Actors.Clustering;
using OpenCode.Actors.Server.Cluster.Forwarding;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>What this node asks all living nodes at the same time, about the streams that they serve. It never fails: what it asks for is a courtesy to clients.</summary>
internal sealed class OtherNodes(ICluster cluster, INodeHttp http, TimeProvider time)
{
    public const string FlushedPath = "/cluster/flushed";
    public const string DisposedPath = "/cluster/disposed";

    // A node that is well says at once that it waits; one that does not is not waited for, like a stream that makes no progress.
    private static readonly TimeSpan _sign = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(6);

    /// <summary>RULES D1: waits until their streams of a location have flushed, or are not worth waiting for.</summary>
    /// <param name="location">The location.</param>
    /// <param name="offset">The last offset that streams must have had.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WaitFlushedAsync(string location, long offset, CancellationToken cancellationToken) => AskAllAsync(FlushedPath, location, offset, cancellationToken);

    /// <summary>Has them end their streams of a location cleanly, after the event that says so.</summary>
    /// <param name="location">The location.</param>
    /// <param name="offset">The offset of that event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DisposeLocationAsync(string location, long offset, CancellationToken cancellationToken) => AskAllAsync(DisposedPath, location, offset, cancellationToken);

    private Task AskAllAsync(string path, string location, long offset, CancellationToken cancellationToken)
    {
        var view = cluster.View;
        var others = view.Members.Where(member => !member.Is(view.Self) && member.Status is MemberStatus.Up or MemberStatus.Leaving);
        return Task.WhenAll(others.Select(member => AskAsync(member, path, location, offset, cancellationToken)));
    }

    private async Task AskAsync(Member member, string path, string location, long offset, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(static e => ((CancellationTokenSource)e!).Cancel(), enough, _sign, Timeout.InfiniteTimeSpan);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(member.Url, $"{path}?location={Uri.EscapeDataString(location)}&offset={offset}"));
            using var answer = await http.SendAsync(request, enough.Token);
            timer.Change(_patience, Timeout.InfiniteTimeSpan);
            await answer.Content.CopyToAsync(Stream.Null, enough.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The answer is right without it; only a client of that node that leaves its stream at once may miss the last events.
        }
    }
}
