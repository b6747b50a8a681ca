using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>Kill -9 between a request and its answer, around the answer, and while the tool runs: a request that waits is listed and answered once, and a command runs once at most.</summary>
public sealed class KillAroundToolTests(ITestOutputHelper output) : ServerTest(output)
{
    private enum Moment
    {
        Asked,
        Answering,
        Running,
    }

    [Fact]
    public async Task A_kill_around_a_tool_loses_no_request_and_runs_no_command_twice()
    {
        var random = Randomness();
        var server = await StartAsync();
        var (waited, ended) = (0, 0);
        for (var kill = 1; kill <= Scale.Of(6, 100); kill++)
        {
            var moment = (Moment)(kill % 3);
            var ran = Path.Combine(Setup.Project, $"ran{kill}");
            var sleeps = $"{random.Next(1_000_000, 9_000_000)}";
            string session, permission;
            await using (var stream = await server.ListenAsync())
            {
                session = await server.Api.CreateSessionAsync(Stage.AskForBash);
                await server.Api.PromptAsync(session, $"run: echo x >> ran{kill}{(moment == Moment.Running ? $"; sleep {sleeps}" : "")}");
                permission = (await stream.WaitForTypeAsync("permission.asked", session)).Properties.Text("id")!;
                await KillAsync(server, moment, permission, ran, random);
            }

            var next = await RestartAsync(server);
            await server.DisposeAsync();
            server = next;

            List<string?> pending = [.. (await server.Api.GetAsync("/permission")).EnumerateArray().Where(request => request.Text("sessionID") == session).Select(static request => request.Text("id"))];
            if (moment != Moment.Answering)
                Assert.Equal<IEnumerable<string?>>(moment == Moment.Asked ? [permission] : [], pending);
            if (pending.Count > 0)
            {
                Assert.Equal(permission, Assert.Single(pending));
                Assert.False(File.Exists(ran), "The command ran before it was allowed.");
                await server.Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" });
            }

            await server.Api.IdleAsync(session);
            await server.Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" }, HttpStatusCode.NotFound);
            var status = (await server.Api.MessagesAsync(session)).SelectMany(static message => message.GetProperty("parts").EnumerateArray())
                .Single(static part => part.Text("type") == "tool").Text("state", "status");
            var lines = File.Exists(ran) ? File.ReadAllLines(ran).Length : 0;
            Assert.True(lines == 1 || (lines == 0 && status == "error"), $"Killed while {moment}: the tool is {status}, and its command ran {lines} times.");
            Assert.True(pending.Count == 0 || status == "completed", $"The answer led to {status}.");
            await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleeps).Count == 0, "the command's process to be gone");
            (waited, ended) = pending.Count > 0 ? (waited + 1, ended) : (waited, ended + 1);
        }

        Output.WriteLine($"{waited} requests waited over the kill and were answered once, {ended} turns were over; no command ran twice, no process was left.");
    }

    private static async Task KillAsync(ServerProcess server, Moment moment, string permission, string ran, Random random)
    {
        var reply = moment == Moment.Asked ? Task.CompletedTask : ReplyAsync(server, permission);
        if (moment == Moment.Running)
            await Eventually.TrueAsync(() => File.Exists(ran), "the command to run");
        else if (moment == Moment.Answering)
            await Task.Delay(random.Next(0, 40)); // Somewhere between the request and the end of the turn.

        await server.KillAsync();
        await Eventually.EndsAsync(reply, "the reply to the killed server");
    }

    private static async Task ReplyAsync(ServerProcess server, string permission)
    {
        try
        {
            await server.Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" });
        }
        catch (HttpRequestException)
        {
            // The kill may cut the connection.
        }
    }
}
