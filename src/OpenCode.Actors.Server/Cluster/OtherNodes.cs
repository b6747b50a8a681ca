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

    // RULES D1: for so long a client is waited for that was reset a moment ago.
    private static readonly TimeSpan _comesBack = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, long Incarnation), long> _lost = [];
    private ClusterView? _last;

    /// <summary>Notes who is a member: whoever is none any more has lost its clients, wherever they are now.</summary>
    public void Note(ClusterView view)
    {
        lock (_lock)
        {
            foreach (var gone in _last?.Members.Where(member => !view.Members.Any(member.Is)) ?? [])
                _lost.TryAdd((gone.Name, gone.Incarnation), time.GetTimestamp());
            foreach (var (member, _) in _lost.Where(lost => !IsRecent(lost.Value) && !view.Members.Any(m => (m.Name, m.Incarnation) == lost.Key)).ToList())
                _lost.Remove(member);
            _last = view;
        }
    }

    /// <summary>Waits until the clients of nodes that were lost a moment ago have had time to come back at others. How many there were, nobody knows.</summary>
    /// <returns>Whether there was something to wait for.</returns>
    public async Task<bool> WaitForHomelessAsync(CancellationToken cancellationToken)
    {
        var left = TimeSpan.Zero;
        lock (_lock)
        {
            foreach (var since in _lost.Values.Where(IsRecent))
                left = TimeSpan.FromTicks(Math.Max(left.Ticks, (_comesBack - time.GetElapsedTime(since)).Ticks));
        }

        if (left <= TimeSpan.Zero)
            return false;

        await Task.Delay(left, time, cancellationToken);
        return true;
    }

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
            NoteReached(member);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The answer is right without it. Since when it cannot be reached counts: a node that stays away is not waited for again and again.
            NoteLost(member);
        }
        catch (OperationCanceledException)
        {
            // It is there and slow, or frozen with its clients.
        }
    }

    private bool IsRecent(long since) => time.GetElapsedTime(since) < _comesBack;

    private void NoteLost(Member member)
    {
        lock (_lock)
            _lost.TryAdd((member.Name, member.Incarnation), time.GetTimestamp());
    }

    private void NoteReached(Member member)
    {
        lock (_lock)
            _lost.Remove((member.Name, member.Incarnation));
    }
}
