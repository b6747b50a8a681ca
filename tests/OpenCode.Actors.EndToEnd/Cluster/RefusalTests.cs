using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Issue 3, point 7: what cannot be a node of this cluster is refused, with what to do.</summary>
[Collection(PostgresTests.Name)]
public sealed class RefusalTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    [SkippableFact]
    public async Task A_node_that_cannot_join_says_why_and_ends()
    {
        var good = await NodeAsync("n1");
        await StartAsync(good);
        var second = await NodeAsync("n2");

        await RefusedAsync(second with { Secret = null }, 2, "OPENCODE_CLUSTER_SECRET");
        await RefusedAsync(second with { Secret = "another-secret-than-theirs" }, 2, "The node 'n1' at http://127.0.0.1:", "set OPENCODE_CLUSTER_SECRET to the same on every node");
        await RefusedAsync(second with { Arguments = [.. second.Arguments, "--hostname", "0.0.0.0", "--insecure"] }, 2, "--advertise");
        await RefusedAsync(second with { Arguments = ["--cluster", "Nonsense", "--node", "n2"] }, 2, "connection string");
        await RefusedAsync(second with { Arguments = ["--cluster", Connection.Replace("Password=opencode", "Password=wrong", StringComparison.Ordinal), "--node", "n2"] }, 2, "password");
        await RefusedAsync(second with { Arguments = ["--cluster", $"Host=127.0.0.1;Port={Ports.Free()};Username=x", "--node", "n2"] }, 3, "Nothing answers");
        await RefusedAsync(await NodeAsync("n1"), 2, "already a member", "Give this one another --node NAME");

        using var elsewhere = new TempFolder();
        await RefusedAsync(second with { Folder = elsewhere }, 2, "default location", $"Start this node in '{good.Project}'");
        await (await StartAsync(second)).Api.CreateSessionAsync(); // and without the mistakes it joins
    }

    [SkippableFact]
    public async Task A_schema_of_a_newer_program_is_refused_and_one_of_an_older_program_is_updated()
    {
        var setup = await NodeAsync("n1");
        var schema = Connection[(Connection.LastIndexOf('=') + 1)..];
        var first = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "OpenCode.Actors.Postgres", "Schema", "0001.sql"));
        await Postgres.ExecuteAsync($"SET ROLE opencode; SET search_path = {schema}; CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (1); {first}");

        var node = await StartAsync(setup);
        await node.Api.CreateSessionAsync();
        var now = (int)(await Postgres.ExecuteAsync($"SELECT version FROM {schema}.schema_version"))!;
        await Postgres.ExecuteAsync($"UPDATE {schema}.schema_version SET version = {now + 1}");

        Assert.True(now > 1);
        await RefusedAsync(await NodeAsync("n2"), 3, $"'{schema}' has version {now + 1}; this program knows versions up to {now}", "Start the newer version of the program");
        await node.Api.CreateSessionAsync();
    }

    [SkippableFact]
    public async Task H2_a_node_with_another_secret_is_refused_by_the_others_and_clients_are_no_nodes()
    {
        var node = await StartAsync(await NodeAsync("n1"));

        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/session");
        wrong.Headers.Add("x-opencode-cluster-secret", "another");
        using var refused = await node.Api.SendAsync(wrong);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await node.Api.PostAsync("/cluster/flushed?location=x&offset=1", expected: HttpStatusCode.Forbidden);

        using var right = new HttpRequestMessage(HttpMethod.Get, "/session");
        right.Headers.Add("x-opencode-cluster-secret", SharedSecret);
        right.Headers.Add("Origin", "https://evil.example");
        using var taken = await node.Api.SendAsync(right);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    private async Task RefusedAsync(ServerSetup setup, int code, params string[] says)
    {
        await using var process = ServerProcess.Spawn(setup);
        Assert.Equal(code, await process.ExitAsync());
        Output.WriteLine(process.Errors.TrimEnd().Split('\n')[^1]);
        Assert.All(says, part => Assert.Contains(part, process.Errors, StringComparison.Ordinal));
        Assert.Empty(process.Output);
    }
}
