using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Tools;

/// <summary>Tools as a model calls them, in a real server with real files and real commands.</summary>
public sealed class ToolTests(ITestOutputHelper output) : ServerTest(output)
{
    private ServerProcess _server = null!;
    private string _session = null!;

    private string Project => _server.Setup.Project;

    private string TemporaryFolder => Setup.Folder.Sub("temporary");

    [Fact]
    public async Task Commands_end_as_those_of_a_shell_do()
    {
        await BeginAsync();

        var cut = await CallAsync("bash", new { command = "seq 1 20000; echo THE-ERROR" });
        Assert.EndsWith("20000\nTHE-ERROR\n", cut.Text("output"), StringComparison.Ordinal);
        var path = cut.Text("metadata", "outputPath")!;
        Assert.Contains(path, cut.Text("output"), StringComparison.Ordinal);
        Assert.Equal(20_001, File.ReadLines(path).Count());
        Assert.True(Unix.IsForOwnerAlone(path));
        Assert.Contains("10000: 10000", (await CallAsync("read", new { filePath = path, offset = 10_000, limit = 1 })).Text("output"), StringComparison.Ordinal);

        // The call would never end if it waited for what is in the background.
        var left = await CallAsync("bash", new { command = "(until [ -e GO-ON ]; do sleep 0.05; done; touch ALIVE) >/dev/null 2>&1 & echo started" });
        Assert.Equal("started\n", left.Text("output"));
        await File.WriteAllTextAsync(Path.Combine(Project, "GO-ON"), "");
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(Project, "ALIVE")), "what was left in the background to go on");

        Assert.Equal("", (await CallAsync("bash", new { command = "env | grep OPENCODE_SERVER; true" })).Text("output"));
        Assert.Equal("stderr\n🙂\n", (await CallAsync("bash", new { command = @"printf '\360'; sleep 0.2; echo stderr >&2; sleep 0.2; printf '\237\231\202\n'" })).Text("output"));

        Directory.Delete(_server.Setup.TemporaryFolder!, recursive: true);
        Assert.Contains("no pipe can be made", (await CallAsync("bash", new { command = "true" })).Text("error"), StringComparison.Ordinal);
        Directory.CreateDirectory(_server.Setup.TemporaryFolder!);
        Assert.Equal("ok\n", (await CallAsync("bash", new { command = "echo ok" })).Text("output"));
    }

    [Fact]
    public async Task What_is_left_in_the_background_ends_with_its_session_and_with_the_server()
    {
        await BeginAsync();
        string[] sleeps = [$"{Random.Shared.Next(100_000, 900_000)}", $"{Random.Shared.Next(1_000_000, 9_000_000)}"];
        await CallAsync("bash", new { command = $"sleep {sleeps[0]} & setsid sleep {sleeps[0]} & true" });
        var first = _session;
        _session = await _server.Api.CreateSessionAsync();
        await CallAsync("bash", new { command = $"sleep {sleeps[1]} & setsid sleep {sleeps[1]} & true" });
        foreach (var sleep in sleeps)
            await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 2, "both commands to run");

        await _server.Api.CallAsync(HttpMethod.Delete, $"/session/{first}", body: null, System.Net.HttpStatusCode.OK);
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleeps[0]).Count == 0, "the end of what the deleted session left");
        Assert.Equal(2, Unix.ProcessesWith("sleep", sleeps[1]).Count);

        await _server.KillAsync();
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleeps[1]).Count == 0, "the end of what the killed server left");
    }

    [Fact]
    public async Task Files_are_read_found_changed_and_told_of()
    {
        await BeginAsync();
        await using var stream = await _server.ListenAsync();
        var file = Path.Combine(Project, "src", "new.txt");

        await CallAsync("write", new { filePath = "src/new.txt", content = "one\ntwo\n" });
        await CallAsync("bash", new { command = "chmod 750 src/new.txt" });
        var edited = await CallAsync("edit", new { filePath = file, oldString = "two", newString = "three" });

        Assert.Equal("one\nthree\n", await File.ReadAllTextAsync(file));
        Assert.Equal("750\n", (await CallAsync("bash", new { command = "stat -c %a src/new.txt" })).Text("output"));
        Assert.Equal(["new.txt"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(file)!).Select(Path.GetFileName));
        Assert.Contains("-two\n+three\n", edited.Text("metadata", "diff"), StringComparison.Ordinal);
        Assert.Contains("2: three\n", (await CallAsync("read", new { filePath = file })).Text("output"), StringComparison.Ordinal);
        Assert.Equal(file, (await CallAsync("glob", new { pattern = "**/*.{md,txt}" })).Text("output"));
        Assert.Contains("2: three\n", (await CallAsync("grep", new { pattern = "^th" })).Text("output"), StringComparison.Ordinal);
        Assert.Contains("new.txt\n", (await CallAsync("list", new { })).Text("output"), StringComparison.Ordinal);
        var told = await stream.WaitForTypeAsync("file.edited");
        Assert.Equal(file, told.Properties.Text("file"));

        var todos = new { todos = new[] { new { content = "test", status = "pending", priority = "high" } } };
        await CallAsync("todowrite", todos);
        await stream.WaitForTypeAsync("todo.updated", _session);
        Assert.Equal(JsonSerializer.Serialize(todos.todos), (await _server.Api.GetAsync($"/session/{_session}/todo")).GetRawText());
    }

    [Fact]
    public async Task Links_do_not_lead_out_of_the_project()
    {
        await BeginAsync(new { permission = new[] { new { permission = "external_directory", pattern = "*", action = "deny" } } });
        var outside = Folder.Sub("outside");
        await File.WriteAllTextAsync(Path.Combine(outside, "secret.txt"), "SECRET");
        File.CreateSymbolicLink(Path.Combine(Project, "folder"), outside);
        File.CreateSymbolicLink(Path.Combine(Project, "file"), Path.Combine(outside, "secret.txt"));
        File.CreateSymbolicLink(Path.Combine(Project, "dangling"), Path.Combine(outside, "made.txt"));

        string[] read = ["folder/secret.txt", "file", "folder/../outside/secret.txt", "../outside/secret.txt", Path.Combine(outside, "secret.txt"), "folder"];
        string[] written = ["folder/made.txt", "folder/deep/made.txt", "dangling", "file"];
        foreach (var path in read)
            Assert.Equal("error", (await CallAsync("read", new { filePath = path })).Text("status"));
        foreach (var path in written)
            Assert.Equal("error", (await CallAsync("write", new { filePath = path, content = "x" })).Text("status"));
        Assert.Equal("error", (await CallAsync("edit", new { filePath = "file", oldString = "SECRET", newString = "x" })).Text("status"));
        Assert.Equal("error", (await CallAsync("grep", new { pattern = "SECRET", path = "folder" })).Text("status"));
        Assert.DoesNotContain("SECRET", (await CallAsync("grep", new { pattern = "SECRET" })).Text("output"), StringComparison.Ordinal);

        Assert.Equal(["secret.txt"], Directory.EnumerateFileSystemEntries(outside).Select(Path.GetFileName));
        Assert.Equal("SECRET", await File.ReadAllTextAsync(Path.Combine(outside, "secret.txt")));
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_a_change_leaves_the_old_file_or_the_new_one()
    {
        await BeginAsync();
        var random = Randomness();
        var file = Path.Combine(Project, "large.txt");
        var old = string.Concat(Enumerable.Repeat("the old line\n", 800_000));
        var now = old.Replace("old", "new", StringComparison.Ordinal);
        var outcomes = new List<bool>();
        for (var kill = 0; kill < Scale.Of(6, 60); kill++)
        {
            foreach (var leftover in Directory.EnumerateFiles(Project, ".large*"))
                File.Delete(leftover);
            await File.WriteAllTextAsync(file, old);
            _session = await _server.Api.CreateSessionAsync();
            await _server.Api.PromptAsync(_session, Prompt("edit", new { filePath = file, oldString = "old", newString = "new", replaceAll = true }), FakeProvider.Model);
            await Eventually.TrueAsync(() => Directory.EnumerateFiles(Project, ".large*").Any() || File.ReadLines(file).First() == "the new line", "the change to begin");
            await Task.Delay(random.Next(30));
            await _server.KillAsync();

            var left = await File.ReadAllTextAsync(file);
            Assert.True(left == old || left == now, $"The file has {left.Length} characters, the old one {old.Length}.");
            outcomes.Add(left == now);
            _server = await RestartAsync(_server);
            Assert.True(await StatusAsync(_session) is "completed" or "error", "The call is still open.");
        }

        Output.WriteLine($"{outcomes.Count} kills, {outcomes.Count(static isNew => isNew)} of them after the change.");
    }

    private async Task BeginAsync(object? session = null)
    {
        var provider = Own(await FakeProvider.StartAsync());
        _server = await StartAsync(Setup with { Config = provider.Config(), TemporaryFolder = TemporaryFolder });
        _session = await _server.Api.CreateSessionAsync(session);
    }

    private static string Prompt(string tool, object input) => $"call: {tool} {JsonSerializer.Serialize(input)}";

    /// <summary>Has the model call a tool, and gives the state of its part at the end.</summary>
    private async Task<JsonElement> CallAsync(string tool, object input)
    {
        await _server.Api.AskAsync(_session, Prompt(tool, input), FakeProvider.Model);
        var parts = await PartsAsync(_session);
        Assert.True(parts.Count > 0 && parts[^1].Text("tool") == tool, string.Join("\n", await _server.Api.MessagesAsync(_session)));
        return parts[^1].GetProperty("state");
    }

    private async Task<string?> StatusAsync(string session)
    {
        await _server.Api.IdleAsync(session);
        return (await PartsAsync(session))[^1].Text("state", "status");
    }

    private async Task<List<JsonElement>> PartsAsync(string session) =>
        [.. (await _server.Api.MessagesAsync(session)).SelectMany(static message => message.GetProperty("parts").EnumerateArray()).Where(static part => part.Text("type") == "tool")];
}
