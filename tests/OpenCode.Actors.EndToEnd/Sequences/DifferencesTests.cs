using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>What differs on purpose is in one table, with its reason.</summary>
public sealed class DifferencesTests
{
    // What was recorded of the real server, by its names there; GlobalStreamTests has what no session is part of.
    private static readonly string[] Traces =
    [
        "session-create", "prompt-text", "prompt-text-second-turn", "prompt-reasoning", "prompt-sync", "prompt-bash", "prompt-bash-fail", "prompt-write-edit", "prompt-two-sessions", "prompt-while-busy",
        "permission-once-new-endpoint", "permission-session-endpoint", "permission-always", "permission-reject", "permission-reject-no-message", "question-reply", "question-reject", "abort-text", "abort-bash",
        "llm-error-500-retry", "llm-error-429-retry", "llm-error-400", "llm-error-401", "llm-error-stream-cut", "llm-conn-refused", "llm-unknown-model", "shell", "session-update-title", "session-delete",
        "session-delete-while-busy", "session-fork", "session-revert-unrevert", "task-subagent", "todo", "command-init", "summarize", "message-delete-part-edit", "noreply-prompt",
    ];

    [Fact]
    public void Every_trace_is_a_scenario() => Assert.Empty(Traces.Except(Scenarios.All.Keys));

    [Fact]
    public void Every_sequence_that_differs_from_the_real_server_stands_in_the_table_of_differences()
    {
        var table = File.ReadAllText(Repository.Differences);

        Assert.All(
            Directory.EnumerateFiles(Repository.Sequences, "*.opencode.txt").Select(f => Path.GetFileName(f).Split('.')[0]),
            scenario => Assert.Contains($"`{scenario}`", table, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_scenario_has_its_expected_sequence()
    {
        Assert.All(Scenarios.All.Keys, scenario => Assert.True(File.Exists(Path.Combine(Repository.Sequences, scenario + ".txt")), scenario));
    }
}
