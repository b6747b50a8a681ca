using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>What differs on purpose stands in one table, with its reason.</summary>
public sealed class DifferencesTests
{
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
