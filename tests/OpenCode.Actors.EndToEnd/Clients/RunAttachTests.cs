using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>The real <c>opencode run --attach</c>, which prints what reached it before its POST was answered.</summary>
[Collection(HeavyTests.Name)]
public sealed class RunAttachTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public Task Run_attach_prints_the_answer_every_time() => AttachAsync("hello", "hello");

    [SkippableFact]
    public async Task Run_attach_prints_the_output_of_a_tool_every_time()
    {
        await File.WriteAllTextAsync(Path.Combine(Setup.Project, "a-file-to-list.txt"), string.Empty);
        await AttachAsync("run: ls", "a-file-to-list.txt");
    }

    private async Task AttachAsync(string prompt, string expected)
    {
        Needs.Node();
        var server = await StartAsync();
        var runs = Scale.Of(2, 50);
        for (var n = 1; n <= runs; n++)
        {
            var run = await OpenCodeRun.AttachAsync(server.Root, prompt, Folder);

            Assert.True(run.ExitCode == 0, $"Attach {n} of {runs} ended with {run.ExitCode}. {run.Output} {run.Errors}");
            Assert.True(run.Output.Contains(expected, StringComparison.Ordinal), $"Attach {n} of {runs} did not print '{expected}': '{run.Output}' {run.Errors} The server's log: {server.Log}");
        }

        Output.WriteLine($"`run --attach` \"{prompt}\": {runs} of {runs}.");
    }
}
