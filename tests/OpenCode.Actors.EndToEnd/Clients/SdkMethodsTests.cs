using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>Every method of both entries of <c>@opencode-ai/sdk</c>: what is not served is what docs/differences.md says, and what is served is answered as the real server does.</summary>
public sealed class SdkMethodsTests(ITestOutputHelper output) : ServerTest(output)
{
    // The real server answers it with a program that it fetches first.
    private const string WithoutShape = "GET /find";

    // Fixed answers for what is not here, which opencode has or answers with a fault: AbsentEndpoints.
    private static readonly string[] _absent =
    [
        "POST /provider/{providerID}/oauth/authorize", "POST /provider/{providerID}/oauth/callback", "POST /experimental/session/{sessionID}/background",
        "POST /experimental/workspace/sync-list", "POST /experimental/console/switch",
    ];

    [SkippableFact]
    public async Task Every_method_is_answered_and_those_that_are_not_served_are_listed()
    {
        Needs.Node();
        var server = await StartAsync();
        await using var node = new NodeClient("methods.mjs", server.Root.ToString().TrimEnd('/'));
        var listed = await UnservedAsync();

        foreach (var (line, entry, least) in ((int, string, int)[])[(0, "v1", 70), (1, "v2", 180)])
        {
            var seen = await node.LineAsync(line, TimeSpan.FromMinutes(2));
            var answered = seen.GetProperty("answered").EnumerateObject().ToList();
            var unserved = answered.Where(static call => call.Value.GetInt32() == 501).Select(static call => call.Name).ToList();
            Output.WriteLine($"{entry}: {seen.GetProperty("methods").GetInt32()} methods, {answered.Count} operations, {unserved.Count} of them not served.");

            Assert.Equal(entry, seen.GetProperty("entry").GetString());
            Assert.True(answered.Count >= least, $"{answered.Count} operations were called.");
            Assert.All(unserved, name => Assert.Contains(name, listed));
            Assert.All(answered, call => Assert.True(call.Value.GetInt32() is < 500 or 501, $"{call.Name}: {call.Value}. {server.Log}"));
        }
    }

    /// <summary>With <c>OPENCODE_ACTORS_RECORD_SHAPES=1</c> it asks the real server instead, and writes down what it answers.</summary>
    [SkippableFact]
    public async Task Every_method_that_is_served_has_the_status_and_the_keys_of_the_real_server()
    {
        Needs.Node();
        var isRecording = Environment.GetEnvironmentVariable("OPENCODE_ACTORS_RECORD_SHAPES") == "1";
        await using var git = ChildProcess.Start(
            "bash", ["-c", "git init -q . && echo needle > a.txt && git add . && git -c user.name=n -c user.email=n@example commit -qm one && echo more >> a.txt"], Setup.Project);
        Assert.True(await git.ExitAsync() == 0, git.Errors);
        var provider = Own(await FakeProvider.StartAsync());
        var server = await StartAsync(Setup with { Config = provider.Config(), IsOpenCode = isRecording, Port = isRecording ? Ports.Free() : 0 });
        await using var node = new NodeClient("shapes.mjs", server.Root.ToString().TrimEnd('/'));

        var seen = new[] { await node.LineAsync(0, TimeSpan.FromMinutes(4)), await node.LineAsync(1) };
        var unserved = await UnservedAsync();
        var left = seen.SelectMany(static entry => entry.GetProperty("left").EnumerateArray()).Select(static route => route.GetString()!).ToHashSet(StringComparer.Ordinal);
        Assert.All(left.Except([WithoutShape, .. _absent]), route => Assert.Contains(route, unserved));
        if (isRecording)
        {
            Shapes.Of(seen).Record();
            return;
        }

        var shapes = Shapes.Of(seen);
        Output.WriteLine($"{shapes.Routes.Count} operations were called.");
        var differences = Shapes.Recorded().DifferencesTo(shapes, KeyDifference.Read(), unserved);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static async Task<IReadOnlySet<string>> UnservedAsync()
    {
        var page = await File.ReadAllTextAsync(Repository.Differences);
        var section = page[page.IndexOf("| answered with 501 |", StringComparison.Ordinal)..page.IndexOf("Of what is served, some", StringComparison.Ordinal)];
        return Regex.Matches(section, "`([^`]+)`").Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
    }
}
