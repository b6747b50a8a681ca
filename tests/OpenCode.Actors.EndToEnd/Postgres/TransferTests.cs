using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Nodes;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary><c>export</c> and <c>import</c> on a database, as processes of their own.</summary>
[Collection(PostgresTests.Name)]
public sealed class TransferTests(PostgresFixture postgres, ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task Sessions_are_moved_from_a_server_into_a_database_and_from_there_to_another_server()
    {
        var connection = await postgres.Server.CreateSchemaAsync();
        var server = await StartAsync();
        var parent = await server.Api.CreateSessionAsync(new { title = "Moved" });
        var child = await server.Api.CreateSessionAsync(new { parentID = parent });
        await server.Api.AskAsync(parent, "hello");
        var said = (await server.Api.MessagesAsync(parent))[^1].ToString();
        server.Signal(Unix.Terminate);
        Assert.Equal(0, await server.ExitAsync());
        var file = Path.Combine(Folder.Path, "sessions.jsonl");
        var back = Path.Combine(Folder.Path, "back.jsonl");

        Assert.Equal((0, ""), await RunAsync("export", "--data", Setup.DataFolder, "--output", file));
        Assert.Equal(0, (await RunAsync("import", "--cluster", connection, file)).Code);
        Assert.Equal(0, (await RunAsync("import", "--cluster", connection, file)).Code);
        await File.AppendAllTextAsync(file, "garbage\n");
        Assert.Equal(2, (await RunAsync("import", "--cluster", connection, file)).Code);
        Assert.Equal((0, ""), await RunAsync("export", "--cluster", connection, "--output", back));
        using var elsewhere = new TempFolder();
        var there = Setup with { Folder = elsewhere };
        Assert.Equal(0, (await RunAsync("import", "--data", there.DataFolder, back)).Code);

        var next = await StartAsync(there);
        Assert.Equal(said, (await next.Api.MessagesAsync(parent))[^1].ToString());
        await next.Api.AskAsync(parent, "hello again");
        await next.Api.CallAsync(HttpMethod.Delete, $"/session/{parent}");
        await next.Api.GetAsync($"/session/{child}", System.Net.HttpStatusCode.NotFound);
    }

    [SkippableFact]
    public async Task The_configuration_of_a_cluster_moves_to_another_database()
    {
        var (from, to) = (await postgres.Server.CreateSchemaAsync(), await postgres.Server.CreateSchemaAsync());
        var file = Path.Combine(Folder.Path, "config.jsonl");
        var patches = "{\"/proj\":{\"permission\":{\"bash\":\"deny\"}}}"u8.ToArray();
        await using (var database = await PostgresDatabase.OpenAsync(from, "test"))
            await new PostgresSharedConfig(database).TryReplaceAsync(0, patches, default);

        Assert.Equal((0, ""), await RunAsync("export", "--cluster", from, "--output", file));
        Assert.Equal(0, (await RunAsync("import", "--cluster", to, file)).Code);

        await using var other = await PostgresDatabase.OpenAsync(to, "test");
        Assert.Equal(patches, (await new PostgresSharedConfig(other).ReadAsync(default)).Json.ToArray());
    }

    [SkippableFact]
    public async Task A_database_that_cannot_be_used_is_a_reason_and_no_stack()
    {
        Needs.Postgres();

        Assert.Equal(2, (await RunAsync("export", "--cluster", "Nonsense")).Code);
        Assert.Equal(2, (await RunAsync("export", "--cluster", $"Host=127.0.0.1;Port={Ports.Free()};Username=x")).Code);
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start("dotnet", [Repository.ServerDll, .. arguments], Folder.Path);
        var code = await process.ExitAsync();
        Output.WriteLine(process.Errors);
        Assert.DoesNotContain("   at ", process.Errors, StringComparison.Ordinal);
        return (code, process.Output);
    }
}
