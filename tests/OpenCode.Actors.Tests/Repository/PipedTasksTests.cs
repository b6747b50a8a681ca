using System.Text.RegularExpressions;

namespace OpenCode.Actors.Tests.Repository;

/// <summary>A task that is piped to an actor says what its failure is for that actor: Akka's own message of it is handled nowhere, and what waits for the task would wait for ever (rule "Every wait ends").</summary>
public sealed partial class PipedTasksTests
{
    [Fact]
    public void Every_task_that_is_piped_to_an_actor_maps_its_failure()
    {
        var calls = Checkout.Files()
            .Where(static file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(static file => PipeTo().Matches(Checkout.Read(file)).Select(call => (File: file, Call: call.Value)))
            .ToList();

        Assert.True(calls.Count > 20, $"Only {calls.Count} calls of PipeTo were found.");
        Assert.DoesNotContain(calls, static call => !call.Call.Contains("failure:", StringComparison.Ordinal));
    }

    // Up to the end of the statement.
    [GeneratedRegex(@"\.PipeTo\([^;]*;", RegexOptions.ExplicitCapture)]
    private static partial Regex PipeTo();
}
