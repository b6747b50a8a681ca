using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>The commands around a cluster, as processes of their own.</summary>
[Collection(PostgresTests.Name)]
public sealed class CommandTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    [SkippableFact]
    public async Task Sessions_of_a_single_server_are_moved_into_a_cluster_and_go_on_there()
    {
        var alone = await StartAsync();
        var parent = await alone.Api.CreateSessionAsync(new { title = "Moved" });
        var child = await alone.Api.CreateSessionAsync(new { parentID = parent });
        await alone.Api.AskAsync(parent, "hello");
        var said = (await alone.Api.MessagesAsync(parent))[^1].ToString();
        alone.Signal(15);
        Assert.Equal(0, await alone.ExitAsync());
        var node = await NodeAsync("n1");
        var file = Path.Combine(Folder.Path, "sessions.jsonl");

        Assert.Equal((0, ""), await RunAsync("export", "--data", Setup.DataFolder, "--output", file));
        Assert.Equal(0, (await RunAsync("import", "--cluster", Connection, file)).Code);
        Assert.Equal(0, (await RunAsync("import", "--cluster", Connection, file)).Code);
        await File.AppendAllTextAsync(file, "garbage\n");
        Assert.Equal(2, (await RunAsync("import", "--cluster", Connection, file)).Code);
        var nodes = new[] { await StartAsync(node), await StartAsync(await NodeAsync("n2")) };
        await MembersAsync(nodes);

        foreach (var one in nodes)
            Assert.Equal(said, (await one.Api.MessagesAsync(parent))[^1].ToString());
        await nodes[1].Api.AskAsync(parent, "hello again");
        await nodes[0].Api.CallAsync(HttpMethod.Delete, $"/session/{parent}");
        await nodes[1].Api.GetAsync($"/session/{child}", System.Net.HttpStatusCode.NotFound);
    }

    [SkippableFact]
    public async Task The_status_of_a_cluster_names_its_members_and_their_shards()
    {
        var nodes = await StartNodesAsync(2);
        foreach (var node in nodes)
        {
            // The second only where the machine is too slow for it: it was cancelled, and nothing else is wrong.
            await Eventually.TrueAsync(
                () => node.Log.Contains("Rehearsal[5014]", StringComparison.Ordinal)
                    || (node.Log.Contains("Rehearsal[5015]", StringComparison.Ordinal) && node.Log.Contains("CanceledException", StringComparison.Ordinal)),
                "a session played through before the node had any");
            await node.Api.CreateSessionAsync();
        }

        var (code, status) = await RunAsync("cluster", "status", "--cluster", Connection);

        Output.WriteLine(status);
        Assert.Equal(0, code);
        foreach (var name in new[] { "n1", "n2" })
            Assert.Matches($@"(?m)^{name}\b.*127\.0\.0\.1:.*\bup\b", status);
        Assert.Contains("2 members", status, StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync("cluster", "status", "--cluster", $"Host=127.0.0.1;Port={Ports.Free()}")).Code);

        // What a node sees has Akka's view beside it.
        using var response = await nodes[1].Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health/cluster"));
        var view = await response.Content.ReadAsStringAsync();
        Output.WriteLine(view);
        Assert.StartsWith("Seen by 'n2' at ", view, StringComparison.Ordinal);
        foreach (var name in new[] { "n1", "n2" })
            Assert.Matches($@"(?m)^{name}\b.*127\.0\.0\.1:\S+ +up +up +\d+ +\d+ ", view);
        Assert.All(nodes, node => Assert.DoesNotContain("TLS handshake failed", node.Log, StringComparison.Ordinal)); // Each joiner asks at the ports of the others.
    }

    [SkippableFact]
    public async Task The_status_of_a_database_without_tables_is_an_error_and_makes_none()
    {
        var connection = await Postgres.CreateSchemaAsync();

        var (code, status) = await RunAsync("cluster", "status", "--cluster", connection);

        Assert.NotEqual(0, code);
        Assert.Empty(status);
        Assert.Equal(0L, await Postgres.ExecuteAsync($"SELECT count(*) FROM pg_tables WHERE schemaname = '{connection[(connection.LastIndexOf('=') + 1)..]}'"));
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start("dotnet", [Repository.ServerDll, .. arguments], Folder.Path);
        var code = await process.ExitAsync();
        Output.WriteLine(process.Errors);
        return (code, process.Output);
    }
}
