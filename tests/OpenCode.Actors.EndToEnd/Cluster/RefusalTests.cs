using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A process that cannot be a node of this cluster is refused with a remedy.</summary>
[Collection(PostgresTests.Name)]
public sealed class RefusalTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    [SkippableFact]
    public async Task A_node_with_a_mistake_in_its_options_says_which_and_ends()
    {
        var good = await NodeAsync("n1");
        await StartAsync(good);
        var second = await NodeAsync("n2");

        await RefusedAsync(second with { Secret = null }, 2, "OPENCODE_CLUSTER_SECRET");
        await RefusedAsync(second with { Secret = "too-short" }, 2, "OPENCODE_CLUSTER_SECRET", "16");
        await RefusedAsync(second with { Arguments = [.. second.Arguments.Take(4), "--advertise", "http://127.0.0.1:4096"] }, 2, "--advertise", "PORT");
        await RefusedAsync(second with { Arguments = [.. second.Arguments.Take(4), "--hostname", "0.0.0.0", "--insecure"] }, 2, "--advertise");
        await RefusedAsync(second with { Arguments = ["--cluster", "Nonsense", "--node", "n2"] }, 2, "connection string");
        await RefusedAsync(second with { Arguments = ["--cluster", Connection.Replace("Password=opencode", "Password=wrong", StringComparison.Ordinal), "--node", "n2"] }, 2, "password");
        await RefusedAsync(second with { Arguments = ["--cluster", $"Host=127.0.0.1;Port={Ports.Free()};Username=x", "--node", "n2"] }, 3, "Nothing answers");

        await (await StartAsync(second)).Api.CreateSessionAsync(); // and without the mistakes it joins
    }

    [SkippableFact]
    public async Task A_node_that_the_cluster_cannot_admit_says_why_and_harms_none()
    {
        var good = await NodeAsync("n1");
        var node = await StartAsync(good);
        var session = await node.Api.CreateSessionAsync();

        await RefusedAsync(await NodeAsync("n2") with { Secret = "another-secret-than-theirs" }, 2, "OPENCODE_CLUSTER_SECRET");
        await RefusedAsync(await NodeAsync("n1"), 2, "'n1'", "--node");
        using var elsewhere = new TempFolder();
        await RefusedAsync(await NodeAsync("n3") with { Folder = elsewhere }, 2, "default location", $"'{good.Project}'");

        await node.Api.AskAsync(session, "hello");
        await MembersAsync(node);
    }

    [SkippableFact]
    public async Task Sessions_are_not_moved_while_a_node_runs()
    {
        var node = await StartAsync(await NodeAsync("n1"));
        var session = await node.Api.CreateSessionAsync();
        var file = Path.Combine(Folder.Path, "sessions.jsonl");

        Assert.Contains("'n1'", await RefusedAsync("export", "--cluster", Connection, "--output", file), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "");
        Assert.Contains("'n1'", await RefusedAsync("import", "--cluster", Connection, file), StringComparison.Ordinal);
        await node.KillAsync();

        // Its row says that it is up, and its lock is gone.
        File.Delete(file);
        var export = Own(ChildProcess.Start("dotnet", [Repository.ServerDll, "export", "--cluster", Connection, "--output", file], Folder.Path));
        Assert.True(await export.ExitAsync() == 0, export.Errors);
        Assert.Contains(session, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        var refused = Own(ChildProcess.Start("dotnet", [Repository.ServerDll, .. arguments], Folder.Path));
        Assert.Equal(2, await refused.ExitAsync());
        return refused.Errors;
    }

    [SkippableFact]
    public async Task A_schema_of_a_newer_program_is_refused_and_one_of_an_older_program_is_updated()
    {
        var setup = await NodeAsync("n1");
        var first = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "OpenCode.Actors.Storage", "Postgres", "Schema", "0001.sql"));
        await Postgres.ExecuteAsync($"SET ROLE opencode; SET search_path = {Schema}; CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (1); {first}");

        var node = await StartAsync(setup);
        await node.Api.CreateSessionAsync();
        var now = (int)(await Postgres.ExecuteAsync($"SELECT version FROM {Schema}.schema_version"))!;
        await Postgres.ExecuteAsync($"UPDATE {Schema}.schema_version SET version = {now + 1}");

        Assert.True(now > 1);
        await RefusedAsync(await NodeAsync("n2"), 3, $"'{Schema}' has version {now + 1}; this program knows versions up to {now}", "Use the newer version of the program");
        await node.Api.CreateSessionAsync();
    }

    [SkippableFact]
    public async Task While_a_node_of_the_protocol_before_lives_the_schema_is_not_updated()
    {
        var setup = await NodeAsync("n1");
        foreach (var version in new[] { 1, 2, 3 })
        {
            var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "OpenCode.Actors.Storage", "Postgres", "Schema", $"000{version}.sql"));
            await Postgres.ExecuteAsync($"SET ROLE opencode; SET search_path = {Schema}; {script}");
        }

        await Postgres.ExecuteAsync(
            $"""
             SET ROLE opencode; SET search_path = {Schema}; CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (3);
             INSERT INTO node (name, inc, status, url, tag, protocol, version) VALUES ('old', 1, 'up', 'http://127.0.0.1:1', 'oc/old', 1, '0.1');
             """);

        await using (var alive = new NpgsqlConnection($"{Connection};Application Name=oc/old;Pooling=false"))
        {
            await alive.OpenAsync();
            await RefusedAsync(setup, 2, "'old'", "Stop all");
            Assert.Equal(3, await Postgres.ExecuteAsync($"SELECT version FROM {Schema}.schema_version"));
        }

        await (await StartAsync(setup)).Api.CreateSessionAsync();
    }

    private async Task RefusedAsync(ServerSetup setup, int code, params string[] parts)
    {
        await using var process = ServerProcess.Spawn(setup);
        Assert.True(await process.ExitAsync() == code, process.Errors);
        Output.WriteLine(process.Errors.TrimEnd().Split('\n')[^1]);
        Assert.All(parts, part => Assert.Contains(part, process.Errors, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(process.Output);
    }
}
