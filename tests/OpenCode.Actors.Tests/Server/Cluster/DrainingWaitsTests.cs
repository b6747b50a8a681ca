using Microsoft.Extensions.DependencyInjection;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.Server.Http;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

/// <summary>What clients see of a node that drains or is suspended. One server plays the node.</summary>
public sealed class DrainingWaitsTests
{
    private readonly VirtualTime _time = new();
    private readonly NodeAvailability _availability;
    private volatile bool _isHere;

    public DrainingWaitsTests()
    {
        _availability = new NodeAvailability(_time, joins: true);
        _availability.Join();
    }

    [Fact]
    public async Task A_wait_for_a_turn_of_another_node_ends_with_503_as_soon_as_this_node_drains()
    {
        await using var server = await StartAsync();
        var session = await server.SessionAsync();
        var waiting = server.RespondAsync("POST", $"/session/{session}/message", """{"parts":[{"type":"text","text":"hold"}]}""");
        await UntilWaitingAsync(server);

        _availability.Drain();
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
        _availability.Drain();

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

        _availability.Drain();
        server.Models.Release();

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
        _availability.Drain();

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
        _availability.Suspend(_time.GetTimestamp());

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

    private Task<ServerKit> StartAsync() => ServerKit.StartAsync(services: services => services.AddSingleton(_availability).AddSingleton(new DrainingWaits(_availability, _ => _isHere, _time)));

    private static async Task UntilWaitingAsync(ServerKit server)
    {
        while (!(await server.SendAsync("GET", "/session/status")).Body.EnumerateObject().Any())
        {
        }
    }
}
