namespace OpenCode.Actors.Tests.Simulation;

/// <summary>Adds up the results of walks.</summary>
/// <param name="first">The first seed.</param>
internal sealed class SimulationReport(ulong first)
{
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private long _steps;
    private long _commands;
    private long _delivered;
    private long _gaps;

    public int Seeds { get; private set; }

    /// <summary>Gets what the first seed that was not clean has to tell; null while all are.</summary>
    public string? Failure { get; private set; }

    public void Add(SimulationRun run)
    {
        Seeds++;
        Failure ??= run.Failure;
        _steps += run.Steps;
        _commands += run.Commands;
        _delivered += run.Delivered;
        _gaps += run.Gaps;
        foreach (var (kind, count) in run.Faults)
            _faults[kind] = _faults.GetValueOrDefault(kind) + count;
    }

    public override string ToString() =>
        $"seeds {first} to {first + (ulong)Seeds - 1}, each twice: {_steps} steps, {_commands} commands, {_delivered} events delivered, {_gaps} gaps told"
        + Environment.NewLine + string.Join(", ", _faults.Select(static fault => $"{fault.Key} {fault.Value}"))
        + Environment.NewLine + (Failure is null ? $"{Seeds} seeds clean" : $"found by seed {first + (ulong)Seeds - 1}, {Seeds} seeds played");
}
