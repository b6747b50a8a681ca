using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>Kill -9 at any moment loses nothing acknowledged, and nothing that was shown.</summary>
public sealed class RepeatedKillTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task Kills_at_random_moments_lose_nothing_acknowledged_and_nothing_shown()
    {
        var random = Randomness();
        var kills = Scale.Of(20, 200);
        var record = new Acknowledged();
        var shown = new List<SseFrame>();
        var server = await StartAsync();
        for (var kill = 1; kill <= kills; kill++)
        {
            await using var stream = await server.ListenAsync(lastEventId: shown.LastOrDefault(f => f.Id is not null)?.Id);
            await stream.WaitForTypeAsync("server.connected");
            var clients = Enumerable.Range(0, 4).Select(_ => record.WorkAsync(server.Root, random.Next())).ToList();

            // Not a time but an amount of work, so that a slow machine kills as often in the middle of things.
            var enough = record.Count + random.Next(1, 150);
            await Eventually.TrueAsync(() => record.Count >= enough, "work to be acknowledged", TimeSpan.FromSeconds(60));
            await server.KillAsync();
            await Eventually.EndsAsync(Task.WhenAll(clients), "the clients of the killed server");
            await Eventually.EndsAsync(stream.Ended, "the stream of the killed server");
            shown.AddRange(stream.Frames);

            var next = await RestartAsync(server);
            await server.DisposeAsync();
            server = next;
            if (kill % 10 == 0 || kill == kills)
                await record.CheckAsync(server.Api);
        }

        EventRecord.AssertDense(shown);
        Output.WriteLine($"{kills} kills, {record.Count} acknowledged changes, {shown.Count(f => !f.IsOfTheStream)} events shown to one client: all there.");
        await server.KillAsync();
        var check = Own(ChildProcess.Start("dotnet", [Repository.ServerDll, "check", server.Setup.DataFolder], Folder.Path));
        Assert.True(await check.ExitAsync() == 0, check.Output + check.Errors);
    }
}
