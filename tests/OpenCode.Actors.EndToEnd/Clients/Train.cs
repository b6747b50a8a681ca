using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>Sessions work while the connection of a client breaks at random moments, in the middle of frames too.</summary>
internal static class Train
{
    /// <summary>Breaks the connection again and again.</summary>
    /// <param name="seen">How many events the client has: each reset waits until it is back and has had something new.</param>
    /// <returns>How many connections were reset.</returns>
    public static async Task<int> RideAsync(ServerProcess server, TcpProxy proxy, Random random, Func<int> seen)
    {
        using var arrived = new CancellationTokenSource();
        var work = WorkAsync(server, arrived.Token);
        var (resets, rides) = (0, Scale.Of(6, 30));
        for (var n = 0; n < rides; n++)
        {
            var (enough, accepted) = (seen() + random.Next(1, 25), proxy.Accepted);
            await Eventually.TrueAsync(() => seen() >= enough, "new events at the client", TimeSpan.FromSeconds(60));
            resets += proxy.ResetAll(afterBytes: random.Next(4) == 0 ? 0 : random.Next(1, 3_000));
            await Eventually.TrueAsync(() => proxy.Accepted > accepted, "the client to return", TimeSpan.FromSeconds(60));
        }

        await arrived.CancelAsync();
        await work;
        return resets;
    }

    private static async Task WorkAsync(ServerProcess server, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var session = await server.Api.CreateSessionAsync();
            await server.Api.PromptAsync(session, "slow: 40");
            await server.Api.AskAsync(await server.Api.CreateSessionAsync(), "run: for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done");
            await server.Api.IdleAsync(session);
        }
    }
}
