using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>
/// Every flag of <c>opencode run --attach</c>: what it prints and what is in the session afterwards. <c>tests/clients/run.opencode.json</c> has what comes of the same runs on the real server;
/// with <c>OPENCODE_ACTORS_RECORD_RUNS=1</c> the test writes it anew. What differs on purpose is in <c>run.actors.json</c>, and in docs/differences.md with its reason.
/// </summary>
public sealed class RunFlagsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const string Password = "secret";
    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // With the environment's password; those of the last group give their own. Flags that concern the client alone are in the first.
    private static readonly (string Name, string[] Arguments)[] Runs =
    [
        ("plain", ["--port", "0", "--pure", "--log-level", "ERROR", "hello"]),
        ("options", ["--title", "A title of ours", "-m", "fake/fake-1", "--variant", "high", "--agent", "plan", "--thinking", "-f", "{project}/a.txt", "--dir", "{project}/src", "think:", "deeply"]),
        ("thinking", ["--thinking", "think:", "of", "this"]),
        ("several-words", ["say", "hello", "--title"]),
        ("tool", ["run:", "echo", "tool-$((40+2))"]),
        ("json-continued", ["--format", "json", "-c", "run:", "echo", "tool-$((40+3))"]),
        ("session", ["-s", "{session}", "hello"]),
        ("fork", ["-s", "{session}", "--fork", "hello"]),
        ("command", ["--command", "hi", "bob"]),
        ("command-unknown", ["--command", "nope", "bob"]),
        ("agent-unknown", ["--agent", "nope", "hello"]),
        ("agent-sub", ["--agent", "general", "hello"]),
        ("auto", ["--auto", "run:", "cat", "a.txt"]),
        ("asked", ["run:", "cat", "a.txt"]),
        ("question", ["ask:", "Tea", "or", "coffee?", "|", "Tea", "|", "Coffee"]),
        ("share", ["--share", "hello"]),
        ("refused", ["fail:", "401"]),
        ("model-unknown", ["-m", "fake/none", "hello"]),
        ("variant-unknown", ["--variant", "nope", "hello"]),
        ("session-unknown", ["-s", "ses_e0361f860ffeJCoQGmhGtsFB9d", "hello"]),
        ("file-missing", ["-f", "none.txt", "hello"]),
        ("folder-missing", ["--dir", "{project}/none", "hello"]),
        ("interactive", ["-i", "hello"]),
        ("signed-in", ["-u", "opencode", "-p", Password, "hello"]),
        ("not-signed-in", ["-p", "wrong", "hello"]),
    ];

    private static string Recorded(string of) => Path.Combine(Repository.Clients.Folder, $"run.{of}.json");

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Every_flag_does_what_it_does_on_the_real_server(int half)
    {
        Needs.Node();
        var isRecording = Environment.GetEnvironmentVariable("OPENCODE_ACTORS_RECORD_RUNS") == "1";
        Folder.Sub("project/src");
        await File.WriteAllTextAsync(Path.Combine(Setup.Project, "a.txt"), "content of a\n");
        var provider = Own(await FakeProvider.StartAsync());
        provider.Latency = TimeSpan.FromMilliseconds(300); // Until then the stream of run is there.
        var config = provider.Config();
        config["provider"]![FakeProvider.ProviderId]!["models"]![FakeProvider.ModelId]!["reasoning"] = true;
        config["permission"] = new JsonObject { ["bash"] = new JsonObject { ["*"] = "allow", ["cat *"] = "ask" } };
        config["command"] = new JsonObject { ["hi"] = new JsonObject { ["template"] = "Say hi to $ARGUMENTS" } };
        var server = await StartAsync(Setup with { Config = config, Password = Password, IsOpenCode = isRecording, Port = isRecording ? Ports.Free() : 0 });
        var session = await server.Api.CreateSessionAsync();
        await server.Api.AskAsync(session, "hello");

        var root = isRecording ? Own(await LateAnswers.StartAsync(server.Root)).Root : server.Root;
        var expected = File.Exists(Recorded("opencode")) ? (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(Recorded("opencode")))! : [];
        var outcomes = new JsonObject();
        foreach (var (name, arguments) in half == 0 ? Runs[..(Runs.Length / 2)] : Runs[(Runs.Length / 2)..])
        {
            var before = await RunOutcome.LatestAsync(server, Folder);
            var run = await OpenCodeRun.RunAsync(
                root, Folder, name.EndsWith("signed-in", StringComparison.Ordinal) ? null : Password,
                [.. arguments.Select(argument => argument.Replace("{project}", Setup.Project, StringComparison.Ordinal).Replace("{session}", session, StringComparison.Ordinal))]);
            outcomes[name] = await RunOutcome.OfAsync(run, server, Folder, before);
        }

        if (isRecording)
        {
            var all = Runs.Select(one => KeyValuePair.Create(one.Name, (outcomes[one.Name] ?? expected[one.Name])?.DeepClone()));
            await File.WriteAllTextAsync(Recorded("opencode"), new JsonObject(all).ToJsonString(_json) + "\n");
            return;
        }

        var onPurpose = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(Recorded("actors")))!;
        var table = await File.ReadAllTextAsync(Repository.Differences);
        Assert.All(onPurpose, one => Assert.Contains($"`run` {one.Key}", table, StringComparison.Ordinal));
        var wrong = outcomes.Where(one => !JsonNode.DeepEquals(one.Value, onPurpose[one.Key] ?? expected[one.Key]))
            .Select(one => $"{one.Key}:\n{one.Value!.ToJsonString(_json)}\ninstead of\n{(onPurpose[one.Key] ?? expected[one.Key])?.ToJsonString(_json)}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
