using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>Every method of both entries of <c>@opencode-ai/sdk</c>, called once: what is not served is what docs/differences.md says, and nothing is a fault.</summary>
public sealed class SdkMethodsTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task Every_method_is_answered_and_those_that_are_not_served_are_listed()
    {
        Needs.Node();
        var server = await StartAsync();
        await using var node = new NodeClient("methods.mjs", server.Root.ToString().TrimEnd('/'));
        var listed = Regex.Matches(await File.ReadAllTextAsync(Repository.Differences), "`((GET|POST|PUT|PATCH|DELETE) /[^`]*)`").Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        foreach (var (line, entry, least) in ((int, string, int)[])[(0, "v1", 70), (1, "v2", 180)])
        {
            var seen = await node.LineAsync(line, TimeSpan.FromMinutes(2));
            var answered = seen.GetProperty("answered").EnumerateObject().ToList();
            var unserved = seen.GetProperty("unserved").EnumerateArray().Select(static name => name.GetString()!).ToList();
            Output.WriteLine($"{entry}: {seen.GetProperty("methods").GetInt32()} methods, {answered.Count} operations, {unserved.Count} of them not served.");

            Assert.Equal(entry, seen.GetProperty("entry").GetString());
            Assert.True(answered.Count >= least, $"{answered.Count} operations were called.");
            Assert.All(unserved, name => Assert.Contains(name, listed));
            Assert.All(answered, call => Assert.True(call.Value.GetInt32() is < 500 or 501, $"{call.Name}: {call.Value}. {server.Log}"));
        }
    }
}
