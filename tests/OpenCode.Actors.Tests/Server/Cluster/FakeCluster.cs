using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

/// <summary>A cluster whose view the test changes as it likes. Whoever waits goes on at once, on the test's thread.</summary>
internal sealed class FakeCluster : ICluster
{
    private readonly List<TaskCompletionSource<ClusterView>> _waiters = [];
    private readonly HashSet<int> _open = [];
    private readonly Dictionary<string, long> _beats = [];
    private volatile int _waits;

    public FakeCluster(params string[] others)
    {
        var self = MemberOf("me");
        View = new ClusterView(1, [self, .. others.Select(MemberOf)], [.. Enumerable.Range(0, 64).Select(shard => new ShardRow(shard, null, 0, 0))], self);
    }

    public ClusterView View { get; private set; }

    public Standing Standing { get; set; } = Standing.Serving;

    public int Looks { get; private set; }

    /// <summary>Gets the time that beats are seen in.</summary>
    public TimeProvider Time { get; init; } = new VirtualTime();

    public Task Joined => Task.CompletedTask;

    public Member this[string name] => View.Members.Single(member => member.Name == name);

    public ShardRoute RouteTo(int shard)
    {
        var row = View.Shards[shard];
        if (View.Self.Owns(row))
            return _open.Contains(shard) ? new ShardRoute.Here(new Fence(shard, row.Token)) : ShardRoute.Nowhere.Instance;
        return View.Members.FirstOrDefault(member => member.Owns(row)) is { } owner ? new ShardRoute.There(owner, row.Token) : ShardRoute.Nowhere.Instance;
    }

    public ValueTask<ClusterView> WaitForChangeAsync(long version, CancellationToken cancellationToken)
    {
        if (View.Version > version)
            return new(View);

        var waiter = new TaskCompletionSource<ClusterView>();
        _waiters.Add(waiter);
        cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
        _waits++;
        return new(waiter.Task);
    }

    public TimeSpan SinceBeat(Member member) => _beats.TryGetValue(member.Name, out var at) ? Time.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>Lets others run until somebody has begun to wait so many times in all.</summary>
    public async Task WaitedForAsync(int times)
    {
        while (_waits < times)
            await Task.Yield();
    }

    public void LookAgain() => Looks++;

    public void OpenAgain() => throw new NotSupportedException();

    public void Give(int shard, string? owner)
    {
        _open.Add(shard);
        var row = View.Shards[shard];
        Change(View with { Shards = [.. View.Shards.Select(old => old.Shard == shard ? new ShardRow(shard, owner, owner is null ? 0 : 1, row.Token + 1) : old)] });
    }

    /// <summary>A renewal was seen, which is no change of the view.</summary>
    public void Beat(string name) => _beats[name] = Time.GetTimestamp();

    public void Bury(string name) => Change(View with { Members = [.. View.Members.Where(member => member.Name != name)] });

    private static Member MemberOf(string name) => new(name, 1, MemberStatus.Up, 1, new Uri($"http://{name}:4096"), $"oc/{name}");

    private void Change(ClusterView view)
    {
        View = view with { Version = view.Version + 1 };
        var waiters = _waiters.ToList();
        _waiters.Clear();
        foreach (var waiter in waiters)
            waiter.TrySetResult(View);
    }
}
