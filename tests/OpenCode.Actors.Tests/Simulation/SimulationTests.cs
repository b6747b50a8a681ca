using System.Globalization;
using Xunit.Abstractions;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>One whole node from one seed. Each seed is played twice, step for step the same.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int FixedSeeds = 50;
    private const int FreshSeeds = 20;

    /// <summary>The first seeds; or those that the environment asks for: a number of them from 1 on, or a single one with its trace.</summary>
    [Fact]
    public void The_promises_hold_for_every_seed()
    {
        if (FromEnvironment("OPENCODE_ACTORS_SEED") is { } seed)
            Repeat(seed);
        else if (FromEnvironment("OPENCODE_ACTORS_SIMULATION_SEEDS") is { } count)
            Play(first: 1, (int)count);
        else
            Play(first: 1, FixedSeeds);
    }

    [Fact]
    public void The_promises_hold_for_seeds_that_no_run_had_before() => Play((ulong)Random.Shared.NextInt64(1, int.MaxValue), FreshSeeds);

    private static ulong? FromEnvironment(string name) => ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    private void Play(ulong first, int count)
    {
        var report = new SimulationReport(first);
        for (var seed = first; seed < first + (ulong)count && report.Failure is null; seed++)
            report.Add(SimulationRun.Twice(seed));
        output.WriteLine(report.ToString());
        Assert.True(report.Failure is null, report.Failure);
    }

    // With the trace, which shows the cause.
    private void Repeat(ulong seed)
    {
        var run = SimulationRun.Play(seed, keepTrace: true);
        foreach (var line in run.Trace)
            output.WriteLine(line);
        Assert.True(run.Failure is null, run.Failure);
    }
}
