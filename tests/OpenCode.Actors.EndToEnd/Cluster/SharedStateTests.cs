using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>What all nodes share besides sessions: the configuration, and bodies of any size.</summary>
[Collection(PostgresTests.Name)]
public sealed class SharedStateTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    [SkippableFact]
    public async Task A_permission_denied_on_one_node_is_denied_where_the_session_runs_and_stays_so_for_new_nodes()
    {
        var nodes = await StartNodesAsync(2);
        var session = await CreateOnAsync(nodes[1], nodes);
        await nodes[1].Api.AskAsync(session, "run: echo allowed");
        Assert.Equal("completed", (await ToolAsync(nodes[0], session)).Text("status"));

        await nodes[0].Api.CallAsync(HttpMethod.Patch, "/config", new { permission = new { bash = "deny" } });
        await nodes[0].Api.AskAsync(session, "run: echo denied");
        Assert.Equal(1, await ToolsAsync(nodes[0], session)); // A tool that is denied is not offered to the model.

        var third = await StartAsync(await NodeAsync("n3"));
        await MembersAsync([.. nodes, third]);
        var config = await third.Api.GetAsync("/config");
        Assert.Equal("deny", config.Text("permission", "bash", "*"));
    }

    [SkippableFact]
    public async Task An_answer_of_5_MB_and_the_bodies_it_is_made_of_come_through_any_node()
    {
        const int Notes = 7;
        var nodes = await StartNodesAsync(2);
        var session = await CreateOnAsync(nodes[0], nodes);
        var texts = Enumerable.Range(0, Notes).Select(n => $"{n} {new string((char)('a' + n), 750_000)}").ToList();
        foreach (var (text, n) in texts.Select((text, n) => (text, n)))
            await nodes[n % 2].Api.PostAsync($"/session/{session}/message", new { noReply = true, parts = new[] { new { type = "text", text } } });

        foreach (var node in nodes)
            Assert.Equal(texts, (await node.Api.MessagesAsync(session)).Select(m => m.GetProperty("parts")[0].Text("text")));
    }

    private static async Task<int> ToolsAsync(ServerProcess node, string session) =>
        (await node.Api.MessagesAsync(session)).SelectMany(m => m.GetProperty("parts").EnumerateArray()).Count(p => p.Text("type") == "tool");

    private static async Task<JsonElement> ToolAsync(ServerProcess node, string session) =>
        (await node.Api.MessagesAsync(session)).SelectMany(m => m.GetProperty("parts").EnumerateArray()).Last(p => p.Text("type") == "tool").GetProperty("state");
}
