using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Tests.Server.Http;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

/// <summary>What clients see of a node's standing. One server plays the node: the gate alone tells the two apart.</summary>
public sealed class NodeGateTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly NodeStanding _standing;
    private readonly Lifetime _lifetime = new();
    private volatile bool _isHere;

    public NodeGateTests()
    {
        _standing = new NodeStanding(_time);
        _standing.Join();
    }

    public void Dispose() => _lifetime.Dispose();

    [Fact]
    public async Task A_wait_for_a_turn_of_another_node_ends_with_503_as_soon_as_this_node_drains()
    {
        await using var server = await StartAsync();
        var session = await server.SessionAsync();
        var waiting = server.RespondAsync("POST", $"/session/{session}/message", """{"parts":[{"type":"text","text":"hold"}]}""");
        await UntilWaitingAsync(server);

        _lifetime.StopApplication();
        using var response = await waiting;

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        Assert.Contains("Idempotency-Key", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotEmpty((await server.SendAsync("GET", "/session/status")).Body.EnumerateObject()); // The turn goes on.
    }

    [Fact]
    public async Task A_wait_that_begins_while_this_node_drains_ends_at_once()
    {
        await using var server = await StartAsync();
        var session = await server.SessionAsync();
        _lifetime.StopApplication();

        var (status, _) = await server.SendAsync("POST", $"/session/{session}/message", """{"parts":[{"type":"text","text":"hold"}]}""");

        Assert.Equal(503, status);
    }

    [Fact]
    public async Task A_wait_for_a_turn_of_this_node_gets_its_end()
    {
        _isHere = true;
        await using var server = await StartAsync();
        var session = await server.SessionAsync();
        var waiting = server.SendAsync("POST", $"/session/{session}/message", """{"parts":[{"type":"text","text":"hold"}]}""");
        await UntilWaitingAsync(server);

        _lifetime.StopApplication();
        server.Models.GoOn();

        Assert.Equal(200, (await waiting).Status);
    }

    [Fact]
    public async Task A_wait_for_a_turn_that_the_drain_moves_to_another_node_ends_with_503()
    {
        _isHere = true;
        await using var server = await StartAsync();
        var session = await server.SessionAsync();
        var waiting = server.SendAsync("POST", $"/session/{session}/message", """{"parts":[{"type":"text","text":"hold"}]}""");
        await UntilWaitingAsync(server);
        _lifetime.StopApplication();

        _isHere = false;
        while (!waiting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal(503, (await waiting).Status);
    }

    [Fact]
    public async Task A_node_whose_database_is_silent_is_not_ready_and_takes_streams_for_60_s()
    {
        await using var server = await StartAsync();
        _standing.Suspend(_time.GetTimestamp());

        Assert.Equal(503, (await server.SendAsync("GET", "/health/ready")).Status);
        _time.Advance(TimeSpan.FromSeconds(59));
        using (var open = new SseClient(await server.RespondAsync("GET", "/event")))
            await open.UntilAsync("server.connected");
        _time.Advance(TimeSpan.FromSeconds(1));

        using var away = await server.RespondAsync("GET", "/event");
        await using var body = await away.Content.ReadAsStreamAsync();
        var frame = new byte["retry: 5000\n\n".Length];
        await body.ReadExactlyAsync(frame);
        var ended = body.ReadAsync(new byte[1]).AsTask();
        while (!ended.IsCompleted)
        {
            server.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        Assert.Equal(200, (int)away.StatusCode);
        Assert.Equal("retry: 5000\n\n"u8.ToArray(), frame);
        await Assert.ThrowsAnyAsync<IOException>(() => ended);
    }

    private Task<ServerKit> StartAsync() => ServerKit.StartAsync(services: services => services.AddSingleton(new NodeGate(_standing, _ => _isHere, _lifetime, _time)));

    private static async Task UntilWaitingAsync(ServerKit server)
    {
        while (!(await server.SendAsync("GET", "/session/status")).Body.EnumerateObject().Any())
            await Task.Delay(5);
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
