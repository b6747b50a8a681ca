using System.Diagnostics;
using System.Net;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Faults of one node that either do no harm or report their remedy.</summary>
[Collection(UndisturbedTests.Name)]
public sealed class OddNodeTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    [SkippableFact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task Clocks_that_are_an_hour_off_cost_no_session_no_turn_and_not_the_order_of_messages()
    {
        Needs.WrongClock();
        ServerSetup[] setups =
        [
            await NodeAsync("n1"),
            await NodeAsync("n2") with { Within = WrongClock.Off("+3600s") },
            await NodeAsync("n3") with { Within = WrongClock.Off("-3600s") },
        ];
        var nodes = await Task.WhenAll(setups.Select(StartAsync));
        await MembersAsync(nodes);
        await using var stream = await nodes[0].ListenAsync();
        var fast = await CreateOnAsync(nodes[1], nodes);
        Assert.True(Created(await nodes[0].Api.GetAsync($"/session/{fast}")) > DateTimeOffset.UtcNow.AddMinutes(50), "The clock of the second node is right after all.");
        foreach (var node in nodes)
            await node.Api.AskAsync(fast, "run: echo well");

        // No node is declared dead for it.
        await nodes[0].Api.AskAsync(fast, "slow: 60");
        await MembersAsync(nodes);

        // The owner with the fast clock dies: one with an earlier clock still makes ids behind the ones there are (rule "Ids that sort"), and takes over as soon as usual.
        await nodes[1].KillAsync();
        var clock = Stopwatch.StartNew();
        await nodes[2].Api.AskAsync(fast, "hello");
        Output.WriteLine($"After kill -9 of the node whose clock is fast its session answered after {clock.ElapsedMilliseconds} ms.");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(3));
        var ids = (await nodes[2].Api.MessagesAsync(fast)).Select(m => m.Text("info", "id")!).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        await stream.WaitForTypeAsync("session.idle", fast, from: stream.Frames.Count - 1);
        EventRecord.AssertDense(stream.Frames);
    }

    [SkippableFact]
    public async Task A_tool_on_a_node_that_lacks_the_project_folder_ends_as_an_error_that_names_both()
    {
        var project = Folder.Sub("mounts/project");
        await File.WriteAllTextAsync(Path.Combine(project, "here.txt"), "");
        string[] asRoot = Environment.UserName == "root" ? [] : ["--map-root-user"];
        string[] unmounted = ["unshare", .. asRoot, "--mount", "sh", "-c", $"mount -t tmpfs none '{Folder.Path}/mounts' && exec \"$@\"", "sh"];
        var has = await StartAsync(await NodeAsync("n1"));
        var session = await has.Api.CreateSessionAsync(directory: project);
        await has.Api.AskAsync(session, "run: ls");
        Assert.Contains("here.txt", Tool(await has.Api.MessagesAsync(session)).Text("output"), StringComparison.Ordinal);
        var lacks = await StartAsync(await NodeAsync("n2") with { Within = unmounted });
        has.Signal(Unix.Terminate);
        Assert.Equal(0, await has.ExitAsync());

        await lacks.Api.AskAsync(session, "run: ls");
        var tool = Tool(await lacks.Api.MessagesAsync(session));
        var refused = await lacks.Api.CallAsync(HttpMethod.Post, "/session", new { }, HttpStatusCode.BadRequest, project);

        Output.WriteLine($"{tool}\n{refused}");
        Assert.Equal("error", tool.Text("status"));
        Assert.Contains($"'{project}' does not exist on node 'n2'", tool.Text("error"), StringComparison.Ordinal);
        Assert.Contains(project, refused.Text("data", "message"), StringComparison.Ordinal);
    }

    private static JsonElement Tool(IEnumerable<JsonElement> messages) =>
        messages.SelectMany(m => m.GetProperty("parts").EnumerateArray()).Last(p => p.Text("type") == "tool").GetProperty("state");

    private static DateTimeOffset Created(JsonElement session) => DateTimeOffset.FromUnixTimeMilliseconds(session.GetProperty("time").GetProperty("created").GetInt64());
}
