namespace OpenCode.Actors.Tests.Simulation;

/// <summary>The result of one walk.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Hash">The hash of all its steps.</param>
/// <param name="Broken">What was found broken.</param>
/// <param name="Steps">How many steps ran.</param>
/// <param name="Commands">How many commands users sent.</param>
/// <param name="Delivered">How many events clients got.</param>
/// <param name="Gaps">How many gaps they got.</param>
/// <param name="Faults">How many faults of each kind there were.</param>
/// <param name="Trace">The steps as text, if wanted.</param>
internal sealed record SimulationRun(
    ulong Seed,
    ulong Hash,
    IReadOnlyList<string> Broken,
    long Steps,
    int Commands,
    int Delivered,
    int Gaps,
    IReadOnlyDictionary<string, int> Faults,
    IReadOnlyList<string> Trace)
{
    private const int Acts = 120;

    /// <summary>Plays a seed.</summary>
    public static SimulationRun Play(ulong seed, bool keepTrace = false)
    {
        using var simulation = new NodeSimulation(seed, keepTrace);
        var broken = simulation.Broken;
        var context = SynchronizationContext.Current;
        try
        {
            // The edge of the node is called on this thread: what it awaits must go on in the step that completes it, not on a thread of xunit.
            SynchronizationContext.SetSynchronizationContext(null);
            simulation.Play(Acts);
        }
#pragma warning disable CA1031 // Any error is reported with the seed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            broken = [.. broken, e.ToString()];
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        return new SimulationRun(
            seed, simulation.Simulation.TraceHash, broken, simulation.Simulation.Steps, simulation.Commands, simulation.Delivered, simulation.Gaps, simulation.Faults, [.. simulation.Simulation.Trace, .. simulation.Logs.Records.Select(static record => $"{record.Level} {record.EventId} {record.Message} {record.Exception?.Message}")]);
    }

    /// <summary>Gets the report of a broken promise, with the command that repeats it; null when all promises held.</summary>
    public string? Failure => Broken.Count == 0
        ? null
        : $"Seed {Seed}, step {Steps}: {string.Join(Environment.NewLine, Broken)}{Environment.NewLine}Repeat it with its trace: OPENCODE_ACTORS_SEED={Seed} dotnet test tests/OpenCode.Actors.Tests --filter every_seed";

    /// <summary>Plays a seed twice: both times it has to take the same steps.</summary>
    public static SimulationRun Twice(ulong seed)
    {
        var first = Play(seed);
        if (first.Broken.Count > 0)
            return first;

        var second = Play(seed);
        if (second.Broken.Count > 0)
            return second;

        return second.Hash == first.Hash ? first : first with { Broken = [WhereTheyPart(seed)] };
    }

    // Played again, with their traces: the difference may also be gone then.
    private static string WhereTheyPart(ulong seed)
    {
        var (first, second) = (Play(seed, keepTrace: true).Trace, Play(seed, keepTrace: true).Trace);
        var parted = first.Zip(second).TakeWhile(static lines => Steps(lines.First) == Steps(lines.Second)).Count();
        return $"It took other steps the second time, from line {parted} on: {string.Join(" | ", first.Skip(parted - 3).Take(8))} and then {string.Join(" | ", second.Skip(parted - 3).Take(8))}.";

        // Streams are numbered over all systems of a process.
        static string Steps(string line) => System.Text.RegularExpressions.Regex.Replace(line, "StreamSupervisor-[0-9]+", "StreamSupervisor", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}
